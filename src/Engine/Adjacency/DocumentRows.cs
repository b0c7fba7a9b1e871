// From the number of a document to its row. Numbers that ascend go through each table in its order, so that a block is opened once;
// who knows all of them beforehand says so, and their cache misses overlap (RowLookahead).

using System.Buffers;
using IngoDB.Engine.Cursors;
using IngoDB.Engine.Entries;
using IngoDB.Engine.Sstables;
using IngoDB.Engine.Traversing;
using IngoDB.Model;

namespace IngoDB.Engine.Adjacency;

/// <summary>Goes to documents of one collection: those of the map by row, those that came later by what was kept of them. One thread at a time.</summary>
internal sealed class DocumentRows(CollectionMap map, LaterDocuments later, ReadCountersBox counters) : NodeReader
{
    private readonly TableCursor?[] _cursors = new TableCursor?[map.Tables.Length];
    private readonly uint[][] _ahead = [.. map.Tables.Select(_ => Array.Empty<uint>())];
    private readonly int[] _aheadCount = new int[map.Tables.Length];
    private readonly RowLookahead?[] _lookaheads = new RowLookahead?[map.Tables.Length];
    private readonly int[] _at = new int[map.Tables.Length];
    private TableCursor? _cursor;
    private int _document;

    public override ReadOnlySpan<byte> IdKey => IdKeyOf(_document);

    public override DocumentVersion Version => _cursor is null ? later.VersionOf(_document - map.Count) : _cursor.Version;

    public override Shape Shape => _cursor is null ? later.ShapeOf(_document - map.Count) : _cursor.Shape;

    public override ReadOnlySpan<byte> Row => _cursor is null ? later.RowOf(_document - map.Count) : _cursor.Row;

    public ReadOnlySpan<byte> IdKeyOf(int document) => document < map.Count ? map.Ids[document] : later.IdKeyOf(document - map.Count);

    /// <summary>These will be gone to, in this order; those of the map ascend.</summary>
    public void Expect(ReadOnlySpan<int> documents)
    {
        Array.Clear(_at);
        Array.Clear(_aheadCount);
        foreach (var document in documents)
            if (document < map.Count) Expect(map.TableAt(document), map.RowOf[document]);
    }

    /// <summary>To the next of those expected.</summary>
    public void MoveTo(int document)
    {
        _document = document;
        if (document >= map.Count)
        {
            _cursor = null;
            return;
        }

        var table = map.TableAt(document);
        (_lookaheads[table] ??= map.Tables[table].OpenLookahead()).Warm(_ahead[table].AsSpan(0, _aheadCount[table]), _at[table]++, firstRow: 0);
        _cursor = _cursors[table] ??= map.Tables[table].OpenCursor(counters);
        _cursor.MoveTo(new(map.RowOf[document]));
    }

    public override bool TryMoveNext() => false;

    public override ValueTask<bool> FetchAsync() => new(false);

    protected override void Close()
    {
        foreach (var cursor in _cursors) cursor?.Dispose();
        for (var table = 0; table < _ahead.Length; table++)
        {
            if (_ahead[table].Length > 0) ArrayPool<uint>.Shared.Return(_ahead[table]);
            _ahead[table] = [];
        }
    }

    private void Expect(int table, uint row)
    {
        ref var rows = ref _ahead[table];
        if (_aheadCount[table] == rows.Length)
        {
            var grown = ArrayPool<uint>.Shared.Rent(Math.Max(256, rows.Length * 2));
            rows.CopyTo(grown, 0);
            if (rows.Length > 0) ArrayPool<uint>.Shared.Return(rows);
            rows = grown;
        }

        rows[_aheadCount[table]++] = row;
    }
}
