// A partition that this silo has open: the engine, and the bounds around it. Two ways lead here, the partition's grain and
// (for requests that begin on this silo) the coordinator directly; both pass the same gates, so that what is under
// way is bounded once.

using System.Collections.Concurrent;
using IngoDB.Engine;
using IngoDB.Engine.Entries;
using IngoDB.Grains.Catalog;
using IngoDB.Grains.Replicas;

namespace IngoDB.Grains.Partitions;

/// <summary>Owned by the EngineHost, borrowed by everybody else. Thread-safe.</summary>
internal sealed class OpenPartition(StorageEngine engine, Replica? replica = null)
{
    private const int WritesUnderWayMax = 1024;
    private const int ReadsUnderWayMax = 512;

    private readonly ConcurrentDictionary<uint, string> _defined = new();
    private readonly Lock _reconciling = new();
    private DatabaseRecord? _learned;

    public StorageEngine Engine { get; } = engine;

    /// <summary>What keeps the partition's copies alike; null: there is only this one.</summary>
    public Replica? Replica { get; } = replica;

    public AdmissionGate Writes { get; } = new("writes", WritesUnderWayMax);

    public AdmissionGate Reads { get; } = new("reads", ReadsUnderWayMax);

    /// <summary>Whether gets may be answered where they arrive.</summary>
    public TurnPatience Patience { get; } = new();

    public bool IsDefined(uint collection) => _defined.ContainsKey(collection);

    /// <summary>As this partition knows it; null when it does not.</summary>
    public string? NameOf(uint collection) => _defined.GetValueOrDefault(collection);

    /// <summary>The engine knows a collection before anything is written to it or indexed in it.</summary>
    public void Define(CollectionRecord collection)
    {
        lock (_reconciling)
        {
            Engine.DefineCollection(new(collection.Id), collection.Name, collection.Options);
            _defined[collection.Id] = collection.Name;
        }
    }

    /// <summary>The partition's indexes of a collection become those that the catalog has.</summary>
    public void ApplyIndexes(DatabaseRecord database, CollectionId id)
    {
        var wanted = database.Indexes.Where(i => i.Collection == id.Value).ToList();
        foreach (var index in wanted) Engine.DefineIndex(id, IndexFields.Parse(index.Path), index.Cause);
        foreach (var index in Engine.Indexes.Where(i => i.Collection == id && wanted.TrueForAll(w => w.Path != i.Path)))
            Engine.DropIndex(id, IndexFields.Parse(index.Path), "the catalog does not have it any more");
    }

    /// <summary>A copy hears of documents only. When it is read all the same, though it does not lead, it needs the names and indexes that the catalog has; these are built meanwhile.</summary>
    public void Learn(DatabaseRecord database)
    {
        if (ReferenceEquals(Volatile.Read(ref _learned), database)) return;
        foreach (var collection in database.Collections)
        {
            Define(collection);
            ApplyIndexes(database, new(collection.Id));
        }

        Volatile.Write(ref _learned, database);
    }

    /// <summary>
    /// Makes the engine follow what the catalog says: collections that were dropped, renamed or given other options while this
    /// partition was away, or before it heard of them.
    /// </summary>
    /// <param name="database">Read after the change that it is to learn of.</param>
    public void Reconcile(DatabaseRecord database)
    {
        lock (_reconciling)
        {
            // An older record than the latest may arrive last; what it does not know yet is not undone for long, since whoever changed it comes too.
            Engine.Reconcile(database.Collections.Select(c => (new CollectionId(c.Id), c.Name, c.Options)), database.DroppedCollections.Select(id => new CollectionId(id)));
            var names = database.Collections.ToDictionary(c => c.Id, c => c.Name);
            foreach (var (id, name) in _defined)
            {
                if (!names.TryGetValue(id, out var now))
                {
                    if (id < database.NextCollectionId) _defined.TryRemove(id, out _);
                }
                else if (now != name) _defined[id] = now;
            }
        }
    }
}
