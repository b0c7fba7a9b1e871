// Makes a link by going through the rows of both collections once, in the order of ids. Keys get their numbers as they are met; those
// that are ids are turned into documents at the end, when all ids are known.
//
// Gives up when it would take more memory than it may, and where documents expire: a link does not look at the clock.

using System.Collections.Immutable;
using IngoDB.Engine.Cursors;
using IngoDB.Engine.Entries;
using IngoDB.Engine.Querying;
using IngoDB.Engine.Sstables;
using IngoDB.Engine.Traversing;
using IngoDB.Model;

namespace IngoDB.Engine.Adjacency;

/// <summary>Builds one link. One thread.</summary>
internal sealed class LinkBuilder(LinkName name, ImmutableArray<Sstable> fromTables, ImmutableArray<Sstable> toTables, long bytesMax, CancellationToken cancellationToken)
{
    private const int DocumentsPerCheck = 4096;

    private readonly KeyReader _from = new(FieldPath.Parse(name.Field)), _to = new(FieldPath.Parse(name.Target));
    private readonly bool _isById = FieldPath.Parse(name.Target).WithoutFanOut.IsId;
    private readonly KeyTable _keys = new();
    private readonly NumberLists.Builder _keysFrom = new(), _keysTo = new();

    /// <summary>Null: it gave up.</summary>
    /// <exception cref="CorruptionException">A block of a table is damaged.</exception>
    public Link? Build()
    {
        if (fromTables.Length > CollectionMap.TablesMax || toTables.Length > CollectionMap.TablesMax) return null;
        var isSame = name.From == name.To;
        if (Read(name.To, toTables, reads: isSame) is not { } to) return null;
        if ((isSame ? to : Read(name.From, fromTables, reads: true)) is not { } from) return null;
        var keysFrom = _keysFrom.Finish();
        var link = _isById ? ById(from, to, keysFrom) : new(from, to, keysFrom, _keys, _keysTo.Finish().Inverted(_keys.Count));
        return link.Bytes <= bytesMax ? link : null;
    }

    private Link ById(CollectionMap from, CollectionMap to, NumberLists keysFrom)
    {
        var (numbers, absent) = (new int[_keys.Count], new KeyTable());
        for (var key = 0; key < numbers.Length; key++) numbers[key] = to.Ids.Find(_keys[key]) is var document and >= 0 ? document : to.Count + absent.Intern(_keys[key]);
        return new(from, to, keysFrom.Renumbered(numbers), absent, DocumentsByKey: null);
    }

    /// <param name="reads">The values that the step leaves by are read as well.</param>
    private CollectionMap? Read(CollectionId collection, ImmutableArray<Sstable> tables, bool reads)
    {
        var (ids, tableOf, rowOf) = (new IdList.Builder(), new List<byte>(), new List<uint>());
        var readsTargets = collection == name.To && !_isById;
        var counters = new ReadCountersBox();
        using EntryCursor entries = tables.Length == 1 ? tables[0].OpenCursor(counters, fillCache: false) : new MergeCursor([.. tables.Select(table => table.OpenCursor(counters, fillCache: false))]);
        var (reader, document) = (new EntryReader(entries), new NodeInput());
        var (decided, decidedBytes) = (new byte[EntryKey.BytesMax], 0);
        for (var more = entries.Seek(EntryKey.Prefix(collection)); more && EntryKey.CollectionOf(entries.Key) == collection; more = entries.MoveNext())
        {
            if (entries.Key.SequenceEqual(decided.AsSpan(0, decidedBytes))) continue;
            entries.Key.CopyTo(decided);
            decidedBytes = entries.Key.Length;
            if (entries.Kind != EntryKind.Put) continue;
            if (entries.ExpiresAt != DocumentVersion.None) return null;
            if (ids.Count % DocumentsPerCheck == 0 && !MayGoOn(ids.Bytes + tableOf.Capacity + (4L * rowOf.Capacity))) return null;

            ids.Add(EntryKey.IdBytesOf(entries.Key));
            var origin = entries.Entry.Origin;
            if (tables.Length > 1) tableOf.Add((byte)origin.Input);
            rowOf.Add(origin.Row);
            document.Load(reader);
            if (reads) AddKeys(_from, document, _keysFrom, _isById);
            if (readsTargets) AddKeys(_to, document, _keysTo, asId: false);
        }

        return new(collection, tables, ids.Finish(), [.. tableOf], [.. rowOf]);
    }

    private void AddKeys(KeyReader field, NodeInput document, NumberLists.Builder keys, bool asId)
    {
        var count = field.Read(document, out var value);
        for (var i = 0; i < count; i++)
        {
            var key = field.KeyOf(value, i, asId);
            if (!key.IsEmpty) keys.Add(_keys.Intern(key));
        }

        keys.EndList();
    }

    private bool MayGoOn(long bytes)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return bytes + _keys.Bytes + _keysFrom.Bytes + _keysTo.Bytes <= 2 * bytesMax; // growing lists have room to spare
    }

    private sealed class EntryReader(EntryCursor entries) : NodeReader
    {
        public override ReadOnlySpan<byte> IdKey => EntryKey.IdBytesOf(entries.Key);

        public override DocumentVersion Version => entries.Version;

        public override Shape Shape => entries.Shape;

        public override ReadOnlySpan<byte> Row => entries.Row;

        public override bool TryMoveNext() => false;

        public override ValueTask<bool> FetchAsync() => new(false);
    }
}
