// Point reads alone, by every way there is, from a settled engine: N products, each updated once. Figures are the median of turns
// that alternate, since on a shared machine one turn says little; two fields of each row are read.
//
//   get        one key after the other, in a scattered order
//   bare       the same without looking into the row
//   hundreds   100 keys a call
//   absent     keys that nobody has, between those that somebody has
//   mixed      one put of a new key to four gets
//   threads    8 threads, each as get
using System.Buffers.Binary;
using System.Globalization;
using IngoDB.Benchmarks.Writes;
using IngoDB.Engine;
using IngoDB.Engine.Entries;
using IngoDB.Model;

namespace IngoDB.Benchmarks.Reads;

/// <summary><c>--reads [--docs N] [--only PART] [--turns T]</c>.</summary>
internal sealed class ReadsCommand(StorageEngine engine, int documents)
{
    private const int Lookups = 200_000, Group = 100, Threads = 8;

    private readonly CollectionId _products = engine.Collection("products");
    private readonly DocumentId[] _ids = new DocumentId[Group];
    private readonly RowResult[] _rows = new RowResult[Group];
    private readonly DocWriter _writer = new();
    private long _added;

    public static async Task<int> RunAsync(string[] args)
    {
        var documents = int.Parse(Option(args, "--docs") ?? "1000000", CultureInfo.InvariantCulture);
        var turns = int.Parse(Option(args, "--turns") ?? "7", CultureInfo.InvariantCulture);
        var folder = Directory.CreateTempSubdirectory("ingodb-reads-").FullName;
        try
        {
            await using var engine = await StorageEngine.OpenAsync(folder, new() { Durability = Durability.Buffered, Learning = LearningMode.Off });
            WritesCommand.Ingest(engine, documents, Durability.Buffered);
            await engine.SettleAsync();
            WritesCommand.Ingest(engine, documents, Durability.Buffered);
            await engine.SettleAsync();
            Console.WriteLine($"huge pages {HugeKilobytes() / 1024.0:N0} of {Environment.WorkingSet >> 20:N0} MiB");
            new ReadsCommand(engine, documents).Measure(turns, Option(args, "--only"));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        return 0;
    }

    private void Measure(int turns, string? only)
    {
        var parts = new (string Name, Func<int, int> Act)[] { ("get", Get), ("bare", Bare), ("hundreds", Hundreds), ("absent", Absent), ("threads", OnThreads), ("mixed", Mixed) };
        var times = parts.ToDictionary(part => part.Name, _ => new List<double>());
        for (var turn = 0; turn < turns; turn++)
        {
            foreach (var (name, act) in parts)
            {
                if (only is not null && only != name) continue;
                var (began, allocated) = (TimeProvider.System.GetTimestamp(), GC.GetAllocatedBytesForCurrentThread());
                var done = act(turn);
                times[name].Add(TimeProvider.System.GetElapsedTime(began).TotalNanoseconds / done);
                allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
                if (turn > 0 && name is not ("threads" or "mixed") && allocated > done) throw new InvalidOperationException($"{name}: {allocated} bytes allocated by {done} reads");
            }
        }

        foreach (var (name, of) in times.Where(pair => pair.Value.Count > 0)) Console.WriteLine($"{name,-12}{of.Order().ElementAt(of.Count / 2),10:N1} ns   {string.Join(" ", of.Select(one => one.ToString("N0", CultureInfo.InvariantCulture)))}");
    }

    private int Get(int turn)
    {
        for (var i = 0; i < Lookups; i++) Check(Slot(i, turn));
        return Lookups;
    }

    private int Bare(int turn)
    {
        for (var i = 0; i < Lookups; i++)
            if (!engine.TryGetRow(_products, Products.Id(Slot(i, turn)), null, out _, out _, out _)) throw new InvalidOperationException("missing");
        return Lookups;
    }

    private int Hundreds(int turn)
    {
        for (var i = 0; i < Lookups; i += Group)
        {
            for (var j = 0; j < Group; j++) _ids[j] = Products.Id(Slot(i + j, turn));
            if (engine.TryGetRows(_products, _ids, _rows) != Group) throw new InvalidOperationException("missing");
            for (var j = 0; j < Group; j++) Check(_rows[j].Shape!, _rows[j].Row.Span, Slot(i + j, turn));
        }

        return Lookups;
    }

    private int Absent(int turn)
    {
        Span<byte> bytes = stackalloc byte[16];
        for (var i = 0; i < Lookups; i++)
        {
            var slot = Slot(i, turn);
            BinaryPrimitives.WriteInt64BigEndian(bytes, slot);
            BinaryPrimitives.WriteUInt64BigEndian(bytes[8..], unchecked(((ulong)slot * 0x517c_c1b7_2722_0a95UL) + 1));
            if (engine.TryGetRow(_products, new(new Guid(bytes, bigEndian: true)), null, out _, out _, out _)) throw new InvalidOperationException("found");
        }

        return Lookups;
    }

    private int OnThreads(int turn)
    {
        var threads = Enumerable.Range(0, Threads).Select(t => new Thread(() => Get(turn + t))).ToArray();
        foreach (var thread in threads) thread.Start();
        foreach (var thread in threads) thread.Join();
        return Threads * Lookups;
    }

    private int Mixed(int turn)
    {
        for (var i = 0; i < Lookups; i++)
        {
            if (i % 5 != 0)
            {
                Check(Slot(i, turn));
                continue;
            }

            var number = documents + _added++;
            engine.Put(_products, Products.Id(number), WritesCommand.Fields, WritesCommand.Row(_writer, number));
        }

        return Lookups;
    }

    private long Slot(int i, int turn) => (((i + (long)turn * Lookups) * 7919) + 1013) % documents;

    private void Check(long slot)
    {
        if (!engine.TryGetRow(_products, Products.Id(slot), null, out _, out var shape, out var row)) throw new InvalidOperationException($"product {slot} is missing");
        Check(shape, row.Span, slot);
    }

    private static void Check(Shape shape, ReadOnlySpan<byte> row, long slot)
    {
        var fields = new RowReader(shape, row);
        if (BinaryPrimitives.ReadDoubleLittleEndian(fields[3].Payload) != slot % 1000 + 0.99 || fields[5].Decode().AsInt64() != slot % 500) throw new InvalidOperationException($"product {slot} is wrong");
    }

    private static long HugeKilobytes() => File.Exists("/proc/self/smaps_rollup")
        ? File.ReadLines("/proc/self/smaps_rollup").Where(line => line.StartsWith("AnonHugePages:", StringComparison.Ordinal)).Sum(line => long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture))
        : 0;

    private static string? Option(string[] args, string name) => Array.IndexOf(args, name) is >= 0 and var at && at + 1 < args.Length ? args[at + 1] : null;
}
