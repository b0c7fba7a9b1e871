// What was written since a map was made: entries in memory, and tables that a flush has added. They are few, or the map is not used.
// A walk takes them in when it begins, at its read point: documents of the map that they hide, and documents of their own, which get
// the numbers behind those of the map.
//
//   map    0 a   1 b   2 c          later   b (put)   c (delete)   d (put)
//   hidden     .     b     c        documents   3 b   4 d

using IngoDB.Engine.Cursors;
using IngoDB.Engine.Entries;
using IngoDB.Engine.Manifests;
using IngoDB.Engine.Scanning;
using IngoDB.Engine.Sstables;
using IngoDB.Engine.Traversing;
using IngoDB.Model;

namespace IngoDB.Engine.Adjacency;

/// <summary>Documents of a collection beside its map, at one read point, by id. One thread at a time.</summary>
internal sealed class LaterDocuments
{
    private readonly ByteArena _bytes = new();
    private readonly List<Document> _documents = [];
    private ulong[] _hidden = [];

    /// <param name="Id">Where the id key lies.</param>
    private readonly record struct Document(long Id, int IdBytes, long Row, int RowBytes, Shape Shape, DocumentVersion Version);

    public int Count => _documents.Count;

    /// <summary>Documents of the map that are not there any more, or are others now, as bits; empty: none.</summary>
    public ReadOnlySpan<ulong> Hidden => _hidden;

    /// <summary>Null when there are more than so many entries.</summary>
    public static LaterDocuments? Of(CollectionMap map, EngineState state, ReadPoint at, IReadOnlyList<Sstable> beside, int entriesMax, ReadCountersBox counters)
    {
        var later = new LaterDocuments();
        var inputs = new List<EntryCursor>();
        if (state.Active.EntryCount > 0) inputs.Add(state.Active.OpenCursor());
        foreach (var memtable in state.Sealed) inputs.Add(memtable.OpenCursor());
        foreach (var table in beside) inputs.Add(table.OpenCursor(counters));
        if (inputs.Count == 0) return later;
        using EntryCursor entries = inputs.Count == 1 ? inputs[0] : new MergeCursor(inputs);
        return later.Read(map, entries, at, entriesMax) ? later : null;
    }

    public ReadOnlySpan<byte> IdKeyOf(int number) => _bytes.At(_documents[number].Id, _documents[number].IdBytes);

    public ReadOnlySpan<byte> RowOf(int number) => _bytes.At(_documents[number].Row, _documents[number].RowBytes);

    public Shape ShapeOf(int number) => _documents[number].Shape;

    public DocumentVersion VersionOf(int number) => _documents[number].Version;

    /// <summary>The number of an id, from 0; negative when it is not among them.</summary>
    public int Find(ReadOnlySpan<byte> idKey)
    {
        var (low, high) = (0, Count - 1);
        while (low <= high)
        {
            var middle = (low + high) >>> 1;
            var order = IdKeyOf(middle).SequenceCompareTo(idKey);
            if (order == 0) return middle;
            if (order < 0) low = middle + 1;
            else high = middle - 1;
        }

        return -1;
    }

    private bool Read(CollectionMap map, EntryCursor entries, ReadPoint at, int entriesMax)
    {
        var (decided, decidedBytes, read) = (new byte[EntryKey.BytesMax], 0, 0);
        for (var more = entries.Seek(EntryKey.Prefix(map.Collection)); more && EntryKey.CollectionOf(entries.Key) == map.Collection; more = entries.MoveNext())
        {
            if (++read > entriesMax) return false;
            if (!at.Sees(entries.Version) || entries.Key.SequenceEqual(decided.AsSpan(0, decidedBytes))) continue;
            entries.Key.CopyTo(decided);
            decidedBytes = entries.Key.Length;
            Add(map, entries.Entry, at);
        }

        return true;
    }

    private void Add(CollectionMap map, in EntryView entry, ReadPoint at)
    {
        var idKey = EntryKey.IdBytesOf(entry.Key);
        if (map.Ids.Find(idKey) is var hidden and >= 0)
        {
            if (_hidden.Length == 0) _hidden = new ulong[RowMask.Words(map.Count)];
            _hidden[hidden / RowMask.RowsPerWord] |= 1UL << hidden;
        }

        if (entry.Kind == EntryKind.Put && !at.IsExpired(entry.ExpiresAt))
            _documents.Add(new(_bytes.Add(idKey), idKey.Length, _bytes.Add(entry.Row), entry.Row.Length, entry.Shape, entry.Version));
    }
}
