// What has changed in a collection since a version, in the order of the changes. Nothing is kept for it: the newest entry of a document
// says when it changed last, and of the places where entries lie most are left out unread, because everything in them is older.
//
//                       after                       at
//   versions  ────────────┼──────────────────────────┼────►
//   table 1   [═════════] │                                   not opened
//   table 2         [═════╪══════]                            merged: of each key the newest entry that is visible,
//   memtable              │      [═══════════════════╪═]      told if it is newer than `after`
//
// So a document that changed three times is told once, as it is now, and a deletion is told for as long as it is kept: the retention.
// A page holds the least versions; it ends where a version ends, since an atomic batch has one for all its documents. What does not
// match the condition is told as gone: it may have matched before.
//
// What this does not do: go on where a page ended. The next page reads the same places again, so pages should be large.

using IngoDB.Engine.Cursors;
using IngoDB.Engine.Entries;
using IngoDB.Engine.Manifests;
using IngoDB.Engine.Sstables;
using IngoDB.Model;

namespace IngoDB.Engine.Querying;

/// <summary>Reads changes of one collection. One use.</summary>
/// <param name="after">Changes at or below it are known.</param>
/// <param name="changesMax">At least one; an atomic batch may exceed it, and <paramref name="bytesMax"/>.</param>
internal sealed class ChangeReader(EngineState state, ReadPoint at, CollectionId collection, DocumentVersion after, CompiledFilter? filter, bool withGone, int changesMax, long bytesMax)
{
    private const int CancellationChecksEvery = 1024;

    /// <summary>The greatest version on top: the first to go when there are too many.</summary>
    private readonly PriorityQueue<EngineChange, ulong> _kept = new(Comparer<ulong>.Create(static (left, right) => right.CompareTo(left)));

    private long _keptBytes;

    /// <summary>The least version that was left out.</summary>
    private DocumentVersion _cutAt = DocumentVersion.Max;

    public EngineChanges Read(CancellationToken cancellationToken)
    {
        using (var entries = Open())
        {
            if (entries is not null) Read(entries, cancellationToken);
        }

        var changes = new List<EngineChange>(_kept.Count);
        while (_kept.TryDequeue(out var change, out _))
            if (change.Version < _cutAt) changes.Add(change);
        changes.Reverse();
        if (_cutAt == DocumentVersion.Max) return new(changes, at.Version);
        return changes.Count > 0 ? new(changes, changes[^1].Version) : new ChangeReader(state, at, collection, after, filter, withGone, changesMax * 2, bytesMax * 2).Read(cancellationToken);
    }

    private MergeCursor? Open()
    {
        var inputs = new List<EntryCursor>();
        if (state.Active.NewestVersion > after) inputs.Add(state.Active.OpenCursor());
        foreach (var memtable in state.Sealed)
            if (memtable.NewestVersion > after) inputs.Add(memtable.OpenCursor());
        var counters = new ReadCountersBox();
        foreach (var table in state.Tables)
            if (table.NewestVersion > after && QuerySources.RowsIn(table, collection) > 0) inputs.Add(table.OpenCursor(counters));
        return inputs.Count == 0 ? null : new(inputs);
    }

    private void Read(MergeCursor entries, CancellationToken cancellationToken)
    {
        var decided = new byte[EntryKey.BytesMax];
        var decidedBytes = 0;
        var seen = 0;
        for (var more = entries.Seek(EntryKey.Prefix(collection)); more && EntryKey.CollectionOf(entries.Key) == collection; more = entries.MoveNext())
        {
            if (++seen % CancellationChecksEvery == 0) cancellationToken.ThrowIfCancellationRequested();
            if (!at.Sees(entries.Version) || entries.Key.SequenceEqual(decided.AsSpan(0, decidedBytes))) continue;
            entries.Key.CopyTo(decided);
            decidedBytes = entries.Key.Length;
            if (entries.Version > after) Tell(entries);
        }
    }

    private void Tell(MergeCursor entry)
    {
        var version = entry.Version;
        if (version >= _cutAt) return;
        var isThere = entry.Kind == EntryKind.Put && !at.IsExpired(entry.ExpiresAt) && (filter is null || filter.Matches(entry.Key, version, entry.Shape, entry.Row));
        if (!isThere && !withGone) return;
        _kept.Enqueue(isThere ? new(EntryKey.IdOf(entry.Key), version, entry.Shape, entry.Row.ToArray()) : new(EntryKey.IdOf(entry.Key), version, null, default), version.Raw);
        if (isThere) _keptBytes += entry.Row.Length;
        while (_kept.Count > changesMax || (_keptBytes > bytesMax && _kept.Count > 1))
        {
            var greatest = _kept.Dequeue();
            _keptBytes -= greatest.Row.Length;
            _cutAt = greatest.Version;
        }
    }
}
