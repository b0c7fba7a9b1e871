using IngoDB.Engine;
using IngoDB.Model;

namespace IngoDB.Samples.Snippets;

/// <summary>The engine alone, in a process of your own: no cluster, no service.</summary>
internal static class EmbeddedEngine
{
    public static async Task RunAsync(string folder)
    {
        await using var engine = await StorageEngine.OpenAsync(folder);
        var products = engine.Collection("products");

        await engine.WriteAsync([
            EngineWrite.Upsert(products, new DocumentId("lamp"), Document.Of(("category", "home"), ("price", 49.99))),
            EngineWrite.Upsert(products, new DocumentId("atlas"), Document.Of(("category", "books"), ("price", 35), ("pages", 320))),
        ]);

        using var cheap = engine.Query(new ScanQuery { From = "products", Where = Filter.Lt("price", 50), Sort = [new("price")] });
        while (cheap.MoveNext()) Console.WriteLine(DocumentJson.ToJson(cheap.Decode()));
    }
}
