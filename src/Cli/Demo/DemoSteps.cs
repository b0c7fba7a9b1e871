// The guided run, a step after the other; each prints what it measured and never what it hoped. Every answer is
// compared with brute force over the generator. One database, three silos, one story:
//
//   write ─► point reads ─► a selective filter, slow ─► the database learns ─► the same filter ─► top ten ─► a walk

using System.Globalization;
using IngoDB.Cli.Output;
using IngoDB.Client;
using IngoDB.Model;

namespace IngoDB.Cli.Demo;

internal sealed class DemoSteps(IngoDatabase database, ProductGenerator world, Terminal terminal, DemoFigures figures, AnswerCheck check)
{
    private const int PointReads = 2_000;
    private const int RunsMax = 6;
    private const int WriteBatch = 20_000;

    private readonly Measured _measured = new(terminal.Time);

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await WriteAsync(cancellationToken).ConfigureAwait(false);
        await PointReadsAsync(cancellationToken).ConfigureAwait(false);
        await LearnAsync(cancellationToken).ConfigureAwait(false);
        await TopTenAsync(cancellationToken).ConfigureAwait(false);
        await WalkAsync(cancellationToken).ConfigureAwait(false);
    }

    private async Task WriteAsync(CancellationToken cancellationToken)
    {
        var progress = new ProgressLine(terminal, "    loading");
        var began = terminal.Time.GetTimestamp();
        await LoadAsync(ProductGenerator.UserCollection, world.Users, ProductGenerator.User, progress, cancellationToken).ConfigureAwait(false);
        await LoadAsync(ProductGenerator.OrderCollection, world.Orders, world.Order, progress, cancellationToken).ConfigureAwait(false);
        await LoadAsync(ProductGenerator.ProductCollection, world.Products, ProductGenerator.Product, progress, cancellationToken).ConfigureAwait(false);
        var seconds = terminal.Time.GetElapsedTime(began).TotalSeconds;
        var documents = world.Users + world.Orders + world.Products;
        figures.WriteDocumentsPerSecond = documents / seconds;
        Say($"1/6 bulk write     {documents:N0} documents in {seconds:0.0} s    {figures.WriteDocumentsPerSecond:N0} documents/s, acknowledged on disk");
        await database.AdminAsync("database.flush", cancellationToken: cancellationToken).ConfigureAwait(false);
        check.Same("count of products", world.Products, await database.Collection(ProductGenerator.ProductCollection).CountAsync(cancellationToken).ConfigureAwait(false));
    }

    private async Task LoadAsync(string name, int count, Func<int, StoredDocument> document, ProgressLine progress, CancellationToken cancellationToken)
    {
        var collection = database.Collection(name);
        for (var from = 0; from < count; from += WriteBatch)
        {
            var batch = Enumerable.Range(from, Math.Min(WriteBatch, count - from)).Select(document);
            (await collection.InsertManyAsync(batch, cancellationToken: cancellationToken).ConfigureAwait(false)).EnsureApplied();
            progress.Report((double)from / count, from, name, "");
        }
    }

    private async Task PointReadsAsync(CancellationToken cancellationToken)
    {
        var products = database.Collection(ProductGenerator.ProductCollection);
        var times = new double[PointReads];
        var began = terminal.Time.GetTimestamp();
        for (var n = 0; n < PointReads; n++)
        {
            var i = (int)(((long)n * 7919 + 1013) % world.Products);
            (var read, times[n]) = await _measured.RunAsync(() => products.GetAsync(new DocumentId(ProductGenerator.IdOf(i)), cancellationToken)).ConfigureAwait(false);
            check.Same($"get of product {i}", [ProductGenerator.Product(i)], read is null ? [] : [read]);
        }

        figures.GetsPerSecond = PointReads / terminal.Time.GetElapsedTime(began).TotalSeconds;
        Array.Sort(times);
        (figures.GetP50Milliseconds, figures.GetP95Milliseconds) = (times[PointReads / 2], times[PointReads * 95 / 100]);
        Say($"2/6 point reads    p50 {figures.GetP50Milliseconds:0.000} ms, p95 {figures.GetP95Milliseconds:0.000} ms, {figures.GetsPerSecond:N0}/s one after the other");
    }

    /// <summary>The same question until its index is there; how often it took is part of the result.</summary>
    private async Task LearnAsync(CancellationToken cancellationToken)
    {
        var expected = BruteForce.Selective(world);
        figures.FilterFirst = await FilterAsync("one name, first", expected, cancellationToken).ConfigureAwait(false);
        Say($"3/6 one name       {figures.FilterFirst.Milliseconds:0.0} ms    read {figures.FilterFirst.Examined:N0} documents to return {figures.FilterFirst.Returned:N0}    no index yet");
        var learning = new LearnedIndexes(database, terminal);
        for (figures.RunsUntilLearned = 1; figures.RunsUntilLearned < RunsMax && !figures.Learned; figures.RunsUntilLearned++)
        {
            var again = await FilterAsync("one name, again", expected, cancellationToken).ConfigureAwait(false);
            Say($"    again          {again.Milliseconds:0.0} ms    read {again.Examined:N0} documents to return {again.Returned:N0}");
            figures.Learned = await learning.SettleAsync(ProductGenerator.ProductCollection, "name", cancellationToken).ConfigureAwait(false);
        }

        figures.FilterLearned = await BestOfAsync(() => FilterAsync("one name, learned", expected, cancellationToken)).ConfigureAwait(false);
        figures.Speedup = figures.FilterFirst.Milliseconds / figures.FilterLearned.Milliseconds;
        Say($"4/6 again          {figures.FilterLearned.Milliseconds:0.0} ms    read {figures.FilterLearned.Examined:N0} documents to return {figures.FilterLearned.Returned:N0}    {figures.Speedup:0.0}x the first run's speed, same answer");
        if (!figures.Learned) Say($"    No index was learned within {figures.RunsUntilLearned} runs.");
        if (figures.Speedup < 1) Say($"    The run with the index was NOT faster than the first run.");
    }

    private async Task TopTenAsync(CancellationToken cancellationToken)
    {
        var expected = BruteForce.TopTen(world);
        Task<QueryFigures> Ask(string when) => _measured.QueryAsync(
            $"ten dearest books, {when}",
            () => database.Collection(ProductGenerator.ProductCollection).Where("category", CompareOperator.Eq, BruteForce.TopCategory).OrderByDescending("price").Take(BruteForce.Top).ToListAsync(cancellationToken),
            expected,
            check);
        figures.TopTenFirst = await Ask("first").ConfigureAwait(false);
        figures.TopTenAgain = await Ask("again").ConfigureAwait(false);
        Say($"5/6 top-10 books   {figures.TopTenFirst.Milliseconds:0.0} ms, then {figures.TopTenAgain.Milliseconds:0.0} ms    read {figures.TopTenAgain.Examined:N0} documents to return {figures.TopTenAgain.Returned:N0}");
    }

    private async Task WalkAsync(CancellationToken cancellationToken)
    {
        int[] users = [1, 2, 3];
        var expected = BruteForce.Walk(world, users);
        Task<QueryFigures> Ask(string when) => _measured.QueryAsync(
            $"users to orders to products, {when}",
            () => database.Traverse(ProductGenerator.UserCollection).Start([.. users.Select(ProductGenerator.UserId)])
                .Hop("_id", ProductGenerator.OrderCollection, "user").Hop("product", ProductGenerator.ProductCollection, "_id").ToListAsync(cancellationToken),
            expected,
            check);
        figures.TraversalFirst = await Ask("first").ConfigureAwait(false);
        await Ask("second").ConfigureAwait(false);
        var learned = await new LearnedIndexes(database, terminal).SettleAsync(ProductGenerator.OrderCollection, "user", cancellationToken).ConfigureAwait(false);
        figures.TraversalAgain = await BestOfAsync(() => Ask("again")).ConfigureAwait(false);
        Say($"6/6 two hops       {figures.TraversalFirst.Milliseconds:0.0} ms, then {figures.TraversalAgain.Milliseconds:0.0} ms {(learned ? "with the edge learned" : "(edge not learned)")}    {figures.TraversalAgain.Returned:N0} products that {users.Length} users ordered");
    }

    private Task<QueryFigures> FilterAsync(string question, List<StoredDocument> expected, CancellationToken cancellationToken) => _measured.QueryAsync(
        question,
        () => database.Collection(ProductGenerator.ProductCollection).Where(Filter.Eq("name", BruteForce.SelectiveName(world))).ToListAsync(cancellationToken),
        expected,
        check);

    /// <summary>The second of two runs: the first one pays for code that has never run.</summary>
    private static async Task<QueryFigures> BestOfAsync(Func<Task<QueryFigures>> run)
    {
        var (first, second) = (await run().ConfigureAwait(false), await run().ConfigureAwait(false));
        return first.Milliseconds < second.Milliseconds ? first : second;
    }

    private void Say(FormattableString line) => terminal.Out.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}
