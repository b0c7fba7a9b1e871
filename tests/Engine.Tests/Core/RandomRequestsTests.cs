// Every request that the language can say, to an engine that holds such documents: it is answered, or refused with a code. No other
// exception, nothing poisoned, and a page whatever was asked before.

using CsCheck;
using IngoDB.Engine;
using IngoDB.Engine.Entries;
using IngoDB.Model;

namespace IngoDB.Tests.Core;

public sealed class RandomRequestsTests : EngineFixture
{
    private const int ResultsMax = 2_000;

    [Fact]
    public async Task Whatever_can_be_asked_is_answered_or_refused()
    {
        var collections = new[] { "movies", "a", "x-1.b:c_d", "m" }.Select(Engine.Collection).ToList();
        foreach (var (id, document) in Gen.Select(ValueGenerators.Id, ValueGenerators.Document).Array[120].Single(_ => true, "0000KuxHBAp1"))
            foreach (var collection in collections) await Write(EngineWrite.Upsert(collection, id, document.Without(FieldNames.Expires)));
        var (answered, refused, done) = (0, new HashSet<string>(), 0);
        await RequestGenerators.Request.SampleAsync(async request =>
        {
            try
            {
                if (request is Query query) await AskAsync(query);
                else await Engine.WriteAsync((Write)request);
                answered++;
            }
            catch (IngoDBException error)
            {
                refused.Add(error.Code);
                if (error is InvalidRequestException invalid) Assert.True(invalid.Pointer.Length == 0 || invalid.Pointer[0] == '/', invalid.Pointer);
            }

            if (++done % 400 == 0) await Engine.FlushAsync();
        }, iter: 2_000, threads: 1, print: LiquidJson.Write);

        Assert.False(Engine.Status.Poisoned);
        Assert.InRange(answered, 1_000, 2_000);
        Assert.DoesNotContain(refused, code => code.StartsWith("internal", StringComparison.Ordinal));
    }

    private async Task AskAsync(Query query)
    {
        using (var stream = Engine.Query(query, cancellationToken: TestContext.Current.CancellationToken))
            for (var results = 0; results < ResultsMax && stream.MoveNext(); results++) stream.Decode();
        if (query is ScanQuery) await Engine.QueryPageAsync(query, documentsMax: 7);
    }
}
