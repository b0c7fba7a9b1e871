// Promise: a snapshot reads the same for ever. It contains every write acknowledged before it was taken, and whole
// batches only; nothing that is written, flushed, merged or dropped afterwards changes one answer of it.
//
// What the snapshot held is read once, when it is taken; later looks compare all documents, their versions and
// their order with that.

using IngoDB.Engine;
using IngoDB.Engine.Entries;
using IngoDB.Engine.Querying;
using IngoDB.Model;

namespace IngoDB.TestKit;

/// <summary>A snapshot, and what it held at first sight.</summary>
public sealed class SnapshotChecker : IDisposable
{
    private readonly StorageEngine _engine;
    private readonly CollectionId _collection;
    private readonly List<StoredDocument> _first;

    public SnapshotChecker(StorageEngine engine, CollectionId collection)
    {
        (_engine, _collection) = (engine, collection);
        Snapshot = engine.TakeSnapshot();
        _first = Read();
    }

    public EngineSnapshot Snapshot { get; }

    public IReadOnlyList<StoredDocument> Documents => _first;

    public void Check()
    {
        Xunit.Assert.Equal(_first, Read());
        foreach (var document in _first) Xunit.Assert.Equal(document, _engine.Get(_collection, document.Id, Snapshot));
    }

    public void Dispose() => Snapshot.Dispose();

    private List<StoredDocument> Read()
    {
        using var stream = _engine.Scan(new ScanRequest(_collection), Snapshot);
        return stream.ToList();
    }
}
