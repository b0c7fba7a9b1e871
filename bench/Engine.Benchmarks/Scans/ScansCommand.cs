// The three queries of the original's benchmark over the state that it asks them in (a million products, a million updates,
// settled), again and again in a warm process: what a scan costs, and where a profiler finds something to look at. Answers are
// checked. The figures that are compared with other engines are those of bench/Products.
//
//   whole      category = electronics by price, every document, two fields of each
//   best       price > 50 and rating > 3, best 20
//   cheapest   category = electronics by price, first 10, two fields
//   consumer   what the reader of `whole` does itself, over rows that are all in the cache: the floor under it
using System.Globalization;
using IngoDB.ProductBench;

namespace IngoDB.Benchmarks.Scans;

/// <summary><c>--scans [--docs N] [--reps R] [--only PART]</c>.</summary>
internal static class ScansCommand
{
    private const int BatchSize = 1000;

    public static int Run(string[] args)
    {
        var documents = long.Parse(Option(args, "--docs") ?? "1000000", CultureInfo.InvariantCulture);
        var reps = int.Parse(Option(args, "--reps") ?? "20", CultureInfo.InvariantCulture);
        var only = Option(args, "--only");
        var folder = Directory.CreateTempSubdirectory("ingodb-scans-").FullName;
        try
        {
            using var store = new IngoStore(new(folder, Durable: false, null));
            var expected = new ExpectedState(documents, updated: true);
            Put(store, documents, i => new(i, i));
            Put(store, documents, i => new(ExpectedState.UpdatedSlot(i, documents), i + documents));
            store.Settle();
            var (electronics, best, cheapest) = (expected.Electronics(), expected.BestRated(20), expected.Cheapest(10));
            if (only is null or "consumer") Time("consumer", reps, electronics.Rows, () => Consume(electronics.Rows));
            if (only is null or "whole") Time("whole", reps, electronics.Rows, () => Check(store, store.Electronics(), electronics));
            if (only is null or "best") Time("best", reps * 20, best.Rows, () => Check(store, store.BestRated(20), best));
            if (only is null or "cheapest") Time("cheapest", reps * 20, cheapest.Rows, () => Check(store, store.Cheapest(10), cheapest));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        return 0;
    }

    private static void Put(IngoStore store, long count, Func<long, ProductWrite> write)
    {
        var batch = new ProductWrite[BatchSize];
        for (long i = 0; i < count; i += BatchSize)
        {
            for (var j = 0; j < BatchSize; j++) batch[j] = write(i + j);
            store.PutBatch(batch);
        }
    }

    private static string Consume(long rows)
    {
        var (sum, fields, row) = (new AnswerSum(), new ProductFields(), new ProductRows().Write(1_234_560));
        var id = new byte[17];
        for (var i = 0; i < rows; i++)
        {
            var facts = fields.Facts(row.Shape, row.Row);
            sum.Ascends(facts.PriceCents);
            sum.Add(IngoProduct.SlotOf(id), facts);
        }

        return sum.Total.ToString();
    }

    private static string Check(IngoStore store, Answer answer, Answer expected)
    {
        if (!answer.Same(expected)) throw new WrongAnswerException($"{answer}, expected {expected}");
        return store.LatestAccess ?? "";
    }

    private static void Time(string what, int reps, long rows, Func<string> act)
    {
        var times = new double[reps];
        var (access, collections) = ("", GC.CollectionCount(0));
        for (var i = 0; i < reps; i++)
        {
            var began = TimeProvider.System.GetTimestamp();
            access = act();
            times[i] = TimeProvider.System.GetElapsedTime(began).TotalMicroseconds;
        }

        var first = times[0];
        Array.Sort(times);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{what,-10}{times[reps / 2],12:N1} µs, least {times[0],10:N1}, first {first,10:N1}{times[reps / 2] * 1000 / rows,10:N1} ns a row   {access}, {GC.CollectionCount(0) - collections} collections"));
    }

    private static string? Option(string[] args, string name) => Array.IndexOf(args, name) is >= 0 and var at && at + 1 < args.Length ? args[at + 1] : null;
}
