// A partition that this silo has open: the engine, and the bounds around it. Two ways lead here, the partition's grain and
// (for requests that begin on this silo) the coordinator directly; both pass the same gates, so that what is under
// way is bounded once.

using System.Collections.Concurrent;
using IngoDB.Engine;
using IngoDB.Grains.Catalog;

namespace IngoDB.Grains.Partitions;

/// <summary>Owned by the EngineHost, borrowed by everybody else. Thread-safe.</summary>
internal sealed class OpenPartition(StorageEngine engine)
{
    private const int WritesUnderWayMax = 1024;
    private const int ReadsUnderWayMax = 512;

    private readonly ConcurrentDictionary<uint, bool> _defined = new();

    public StorageEngine Engine { get; } = engine;

    public AdmissionGate Writes { get; } = new("writes", WritesUnderWayMax);

    public AdmissionGate Reads { get; } = new("reads", ReadsUnderWayMax);

    /// <summary>Whether gets may be answered where they arrive.</summary>
    public TurnPatience Patience { get; } = new();

    public bool IsDefined(uint collection) => _defined.ContainsKey(collection);

    /// <summary>The engine knows a collection before anything is written to it or indexed in it.</summary>
    public void Define(CollectionRecord collection)
    {
        Engine.DefineCollection(new(collection.Id), collection.Name);
        _defined[collection.Id] = true;
    }
}
