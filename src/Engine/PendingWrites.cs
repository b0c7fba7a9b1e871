// What was proposed and is not applied yet. A condition is decided in the order of the log, so it has to see what stands in the log
// before it and is not in any memtable: that lies here, by key, until it is applied.

using IngoDB.Engine.Entries;
using IngoDB.Model;

namespace IngoDB.Engine;

/// <summary>The newest proposed state of keys. Not thread-safe.</summary>
internal sealed class PendingWrites
{
    private readonly Dictionary<byte[], Pending> _writes = new(KeyComparer.Instance);
    private readonly Dictionary<byte[], Pending>.AlternateLookup<ReadOnlySpan<byte>> _byKey;

    public PendingWrites() => _byKey = _writes.GetAlternateLookup<ReadOnlySpan<byte>>();

    public int Count => _writes.Count;

    public void Clear() => _writes.Clear();

    /// <summary>Takes what a batch will do; gives its keys with their versions, for <see cref="Remove"/>.</summary>
    public void Add(WriteBatchBuilder batch, DocumentVersion first, List<(byte[] Key, DocumentVersion Version)> added)
    {
        var operations = new BatchOperations(batch.Operations, batch.Count, batch.Shapes, "proposal");
        while (operations.TryNext(out var operation))
        {
            var version = operation.VersionIn(first);
            var key = operation.Key.ToArray();
            _writes[key] = new(operation.Kind == EntryKind.Put, version, operation.ExpiresAt, operation.Shape, operation.Row.ToArray());
            added.Add((key, version));
        }
    }

    /// <summary>Applied, or never to be: a newer one of the same key stays.</summary>
    public void Remove(List<(byte[] Key, DocumentVersion Version)> added)
    {
        foreach (var (key, version) in added)
            if (_writes.TryGetValue(key, out var pending) && pending.Version == version) _writes.Remove(key);
    }

    public bool TryGet(ReadOnlySpan<byte> key, DocumentVersion now, out PresentState present)
    {
        present = default;
        if (_writes.Count == 0 || !_byKey.TryGetValue(key, out var pending)) return false;
        if (pending.Exists && !ReadPoint.At(now).IsExpired(pending.ExpiresAt)) present = new(true, pending.Version, pending.Shape, pending.Row);
        return true;
    }

    private readonly record struct Pending(bool Exists, DocumentVersion Version, DocumentVersion ExpiresAt, Shape Shape, ReadOnlyMemory<byte> Row);
}
