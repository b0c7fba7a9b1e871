using System.Collections.Concurrent;
using System.Globalization;
using IngoDB.Engine;
using IngoDB.Engine.Entries;
using IngoDB.Model;

namespace IngoDB.CrashChild;

/// <summary>Writers of one engine, and what they say.</summary>
internal sealed class Victim(StorageEngine engine, TextWriter output)
{
    private const int Writers = 4;
    private const int IdsPerWriter = 50;
    private readonly Lock _outputLock = new();
    private readonly CollectionId _collection = engine.Collection("ledger");
    private readonly ConcurrentDictionary<string, long?> _acknowledged = new();

    public void Say(string line)
    {
        lock (_outputLock)
        {
            output.WriteLine(line);
            output.Flush();
        }
    }

    /// <summary>Values step by the number of writers, so that no two writes ever write the same one.</summary>
    public async Task WriteAsync(int writer, long value)
    {
        for (var failures = 0; failures < 3; value += Writers)
        {
            var id = string.Create(CultureInfo.InvariantCulture, $"w{writer}-{value / Writers % IdsPerWriter}");
            var isDelete = value / Writers % 7 == 3;
            var name = isDelete ? $"{id} -" : string.Create(CultureInfo.InvariantCulture, $"{id} {value}");
            Say($"try {name}");
            try
            {
                await engine.WriteAsync([isDelete ? EngineWrite.Delete(_collection, new(id)) : EngineWrite.Upsert(_collection, new(id), Content(value))]);
                _acknowledged[id] = isDelete ? null : value;
                Say($"ack {name}");
            }
            catch (IngoDBException e)
            {
                failures++;
                _acknowledged.TryRemove(id, out _);
                Say($"failed {name} {e.Code}");
            }
        }
    }

    public void ReadAll()
    {
        var right = _acknowledged.Count(known => ValueOf(engine.Get(_collection, new(known.Key))) == known.Value);
        Say(string.Create(CultureInfo.InvariantCulture, $"reads {right} of {_acknowledged.Count}"));
    }

    private static Document Content(long value) => Document.Of(("value", value), ("padding", new string('p', (int)(value % 300))));

    private static long? ValueOf(StoredDocument? document) => document?["value"].AsInt64();
}
