// Promise: an acknowledged write is never lost, a refused one never appears, and one whose outcome is unknown appears
// wholly or not at all, and never after something newer was acknowledged.
//
// The ledger is kept by the writer, outside of the database, in the order in which it made its writes: each key has
// one writer. After a crash every key must hold its last acknowledged value, or that of an unknown write after it.
// Once seen, an answer is settled: an unknown write that was found must not be gone at the next look.

using IngoDB.Engine;
using IngoDB.Engine.Entries;
using IngoDB.Model;

namespace IngoDB.TestKit;

/// <summary>Remembers what was promised, and holds an engine to it. Thread-safe for writers of different keys.</summary>
public sealed class DurabilityChecker
{
    private readonly Lock _gate = new();
    private readonly Dictionary<(CollectionId, DocumentId), List<Entry>> _ledger = [];

    public int Acknowledged { get; private set; }

    /// <summary>The write was made known to the caller as done. A null document is a deletion.</summary>
    public void Acknowledge(CollectionId collection, DocumentId id, Document? document)
    {
        lock (_gate)
        {
            Of(collection, id).Add(new(document, Outcome.Acknowledged));
            Acknowledged++;
        }
    }

    /// <summary>The caller was told that nothing was written.</summary>
    public void Refuse(CollectionId collection, DocumentId id, Document? document) => Add(collection, id, new(document, Outcome.Refused));

    /// <summary>The caller never heard: the process or the connection died.</summary>
    public void LoseTrack(CollectionId collection, DocumentId id, Document? document) => Add(collection, id, new(document, Outcome.Unknown));

    /// <summary>Compares every key with what the engine holds; what it finds becomes the truth from here on.</summary>
    public void Check(StorageEngine engine)
    {
        lock (_gate)
        {
            foreach (var ((collection, id), entries) in _ledger)
            {
                var present = engine.Get(collection, id)?.Fields;
                var lastAcknowledged = entries.FindLastIndex(e => e.Outcome == Outcome.Acknowledged);
                var found = entries.FindIndex(Math.Max(0, lastAcknowledged), e => e.Outcome != Outcome.Refused && Same(e.Document, present));
                var nothingYet = lastAcknowledged < 0 && present is null;
                if (found < 0 && !nothingYet) throw new Xunit.Sdk.XunitException($"{collection}/{id} holds {Show(present)}, but its writer was told:\n{Story(entries)}");
                entries.Clear();
                if (found >= 0 || nothingYet) entries.Add(new(present, Outcome.Acknowledged));
            }
        }
    }

    private void Add(CollectionId collection, DocumentId id, Entry entry)
    {
        lock (_gate) Of(collection, id).Add(entry);
    }

    private List<Entry> Of(CollectionId collection, DocumentId id)
    {
        if (!_ledger.TryGetValue((collection, id), out var entries)) _ledger[(collection, id)] = entries = [];
        return entries;
    }

    private static bool Same(Document? left, Document? right) => left is null ? right is null : left.Equals(right);

    private static string Show(Document? document) => document is null ? "nothing" : string.Join(", ", document.Select(f => $"{f.Key}={f.Value}"));

    private static string Story(List<Entry> entries) => string.Join('\n', entries.TakeLast(10).Select(e => $"  {e.Outcome}: {Show(e.Document)}"));

    private enum Outcome { Acknowledged, Refused, Unknown }

    private sealed record Entry(Document? Document, Outcome Outcome);
}
