using System.Diagnostics;
using System.Globalization;
using IngoDB.Engine.Entries;
using IngoDB.Engine.Files;
using IngoDB.Engine.Indexing;
using IngoDB.Engine.Manifests;
using IngoDB.Engine.Memtables;
using IngoDB.Engine.Sstables;

namespace IngoDB.Benchmarks;

/// <summary>Where the time of an index build goes, a row: of one table that has no columns, and of one that has.</summary>
internal static class IndexBuildBenchmarks
{
    private const int Count = 500_000, Rounds = 7;

    public static int Quick()
    {
        var folder = Directory.CreateTempSubdirectory("ingodb-bench-").FullName;
        try
        {
            var (source, shapes) = (new EntrySource(Count), new ShapeRegistry());
            using var plain = Table(folder, new(1), source, shapes, columns: false);
            using var coded = Table(folder, new(2), source, shapes, columns: true);
            Tell("rows read", () => Read(plain));
            foreach (var path in (string[])["name", "category", "category+price"])
            {
                Tell($"{path}: collected", () => Collect(plain, path).Dispose());
                Tell($"{path}: built from rows", () => Build(folder, plain, path));
                Tell($"{path}: built of a table with columns", () => Build(folder, coded, path));
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        return 0;
    }

    private static void Tell(string what, Action act)
    {
        var best = double.PositiveInfinity;
        for (var round = 0; round < Rounds; round++)
        {
            var began = Stopwatch.GetTimestamp();
            act();
            best = Math.Min(best, Stopwatch.GetElapsedTime(began).TotalNanoseconds / Count);
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what,-50} {best,7:0.0} ns a row"));
    }

    private static void Read(Sstable table)
    {
        using var rows = table.OpenCursor(new ReadCountersBox(), fillCache: false);
        while (rows.MoveNext()) continue;
    }

    private static IndexKeys Collect(Sstable table, string path)
    {
        var keys = new IndexKeys(new(new(7), EntrySource.Collection, IndexFields.Parse(path), ""));
        using var rows = table.OpenCursor(new ReadCountersBox(), fillCache: false);
        while (rows.MoveNext()) keys.Collect(rows.Entry, rows.RowId, superseded: false);
        return keys;
    }

    private static void Build(string folder, Sstable table, string path)
    {
        var built = TableIndexBuilder.Build(LocalFileSystem.Instance, folder, table, new(new(7), EntrySource.Collection, IndexFields.Parse(path), ""));
        LocalFileSystem.Instance.Delete(Path.Combine(folder, built.FileName(table.Info.Id)));
    }

    private static Sstable Table(string folder, TableId id, EntrySource source, ShapeRegistry shapes, bool columns)
    {
        var memtable = new Memtable(shapes);
        for (var i = 0; i < Count; i++) memtable.Add(source.Put(i), new((ulong)i + 1));
        using var writer = new SstableWriter(LocalFileSystem.Instance, folder, id, new() { Columns = columns });
        using var cursor = memtable.OpenCursor();
        while (cursor.MoveNext()) writer.Add(cursor.Entry);
        return Sstable.Open(LocalFileSystem.Instance, folder, writer.Finish(), shapes, new(1L << 30));
    }
}
