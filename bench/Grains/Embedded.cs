using IngoDB.Engine;
using IngoDB.Model;

namespace IngoDB.GrainBench;

/// <summary>The same ingest by the engine alone, one thread: what the grain path is a share of.</summary>
internal static class Embedded
{
    private const int BatchSize = 1_000;

    public static async Task<Rate> IngestAsync(string folder, int documents)
    {
        Directory.CreateDirectory(folder);
        await using var engine = await StorageEngine.OpenAsync(folder, new EngineOptions { Durability = Durability.Buffered });
        var products = engine.Collection(Products.Collection);
        Rate? last = null;
        for (var pass = 0; pass < 3; pass++)
        {
            var (batch, row) = (new PutBatch(), new DocWriter());
            var next = 0;
            last = await Rate.OfAsync("embedded: ingest rows 1000", 1, TimeSpan.FromMinutes(5), other: null, async (_, _) =>
            {
                if (next >= documents) return 0;
                batch.Clear();
                for (var i = 0; i < BatchSize; i++, next++) batch.Put(products, Products.Id(next), Products.Write(row, next));
                await engine.PutAsync(batch);
                return BatchSize;
            });
        }

        return last!;
    }
}
