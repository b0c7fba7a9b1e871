// What is prepared and what is decided here, in memory, by key: made of the entries of the hidden collection as they are applied, by a commit,
// by a copy or at the opening, so that it never says anything else than they do.
//
//   PREPARED applied ──► keys held ──► its deletion applied ──► that published ──► keys free, who waited goes on
//
// The last step counts: what a finished transaction wrote can be read from then on, and a key is not free before.
//
// While nothing is prepared, which is nearly always, IsAny is all that anybody asks.

using IngoDB.Engine.Entries;
using IngoDB.Model;

namespace IngoDB.Engine.Transactions;

/// <summary>Held keys, intents and decisions of one partition. Thread-safe.</summary>
internal sealed class IntentTable(TransactionRules rules)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<TransactionId, Intent> _intents = [];
    private readonly Dictionary<byte[], Intent> _holders = new(KeyComparer.Instance);
    private readonly List<(DocumentVersion At, Intent Intent)> _finishing = [];
    private readonly Dictionary<TransactionId, (DocumentVersion Version, TransactionRecord Record)> _decided = [];
    private int _count;

    /// <summary>Something is prepared and not finished.</summary>
    public bool IsAny => Volatile.Read(ref _count) > 0;

    public IReadOnlyList<Intent> Unfinished
    {
        get { lock (_gate) return [.. _intents.Values]; }
    }

    public IReadOnlyList<(TransactionId Id, DocumentVersion Version, TransactionRecord Record)> Decided
    {
        get { lock (_gate) return [.. _decided.Select(known => (known.Key, known.Value.Version, known.Value.Record))]; }
    }

    /// <summary>An entry of the hidden collection was applied.</summary>
    public void Apply(ReadOnlySpan<byte> key, DocumentVersion version, Shape shape, ReadOnlySpan<byte> row, bool isThere)
    {
        var id = TransactionRecord.IdOf(key);
        lock (_gate)
        {
            if (!isThere) FinishLocked(id, version);
            else if (TransactionRecord.Read(shape, row) is TransactionRecord.Prepared prepared) HoldLocked(IntentOf(id, version, prepared));
            else _decided[id] = (version, TransactionRecord.Read(shape, row));
        }
    }

    /// <summary>Everything up to this version can be read.</summary>
    public void Published(DocumentVersion visible)
    {
        lock (_gate)
        {
            for (var i = _finishing.Count - 1; i >= 0; i--)
            {
                var (at, intent) = _finishing[i];
                if (at > visible) continue;
                _finishing.RemoveAt(i);
                foreach (var key in intent.Keys) _holders.Remove(key);
                intent.Finish();
            }

            CountLocked();
        }
    }

    /// <summary>Who holds the key; null: nobody.</summary>
    public Intent? HolderOf(ReadOnlySpan<byte> key)
    {
        lock (_gate) return _holders.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(key, out var intent) ? intent : null;
    }

    /// <summary>Completes when everything that a reader at this version has to wait for is finished; null: it is.</summary>
    public Task? FinishedUpTo(DocumentVersion version)
    {
        lock (_gate)
        {
            var open = new List<Task>();
            foreach (var intent in _intents.Values)
                if (intent.Writes && rules.MustWait(intent.Prepared, version)) open.Add(intent.Finished);
            foreach (var (_, intent) in _finishing)
                if (intent.Writes && rules.MustWait(intent.Prepared, version)) open.Add(intent.Finished);
            return open.Count == 0 ? null : Task.WhenAll(open);
        }
    }

    private static Intent IntentOf(TransactionId id, DocumentVersion version, TransactionRecord.Prepared prepared)
    {
        var keys = new List<byte[]>(prepared.Held);
        var operations = BatchOperations.Read(prepared.Batch.Span, new BatchShapes(), new ShapeRegistry(), "prepared transaction");
        while (operations.TryNext(out var operation)) keys.Add(operation.Key.ToArray());
        return new(id, prepared.Coordinator, version, keys, keys.Count > prepared.Held.Count);
    }

    private void HoldLocked(Intent intent)
    {
        _intents[intent.Id] = intent;
        foreach (var key in intent.Keys) _holders[key] = intent;
        CountLocked();
    }

    private void FinishLocked(TransactionId id, DocumentVersion at)
    {
        _decided.Remove(id);
        if (_intents.Remove(id, out var intent)) _finishing.Add((at, intent));
    }

    private void CountLocked() => Volatile.Write(ref _count, _intents.Count + _finishing.Count);
}
