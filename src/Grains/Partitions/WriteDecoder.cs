using IngoDB.Abstractions;
using IngoDB.Engine;
using IngoDB.Engine.Entries;
using IngoDB.Model;

namespace IngoDB.Grains.Partitions;

/// <summary>WritePage → what the engine takes, and its results → the reply. Rows stay where they lie in the page.</summary>
internal static class WriteDecoder
{
    public static List<EngineWrite> Decode(byte[] page, CollectionId collection)
    {
        var reader = new WritePageReader(page);
        var writes = new List<EngineWrite>(reader.Count);
        while (reader.MoveNext())
        {
            var write = new EngineWrite(reader.Kind, collection, DocumentId.ReadKey(reader.IdKey)) { IfVersion = reader.IfVersion };
            writes.Add(reader.Kind switch
            {
                WriteKind.Delete => write,
                WriteKind.Patch => write with { Steps = reader.Steps },
                _ => write with { Shape = reader.Shape, Row = reader.Row },
            });
        }

        return writes;
    }

    public static WriteOutcome[] Outcomes(WriteResult[] results)
    {
        var outcomes = new WriteOutcome[results.Length];
        for (var i = 0; i < results.Length; i++)
            outcomes[i] = new() { Status = (byte)results[i].Status, Version = results[i].Version.Raw, ErrorCode = results[i].ErrorCode, ErrorMessage = results[i].ErrorMessage };
        return outcomes;
    }
}
