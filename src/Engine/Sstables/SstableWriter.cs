// Writes one table in one pass: entries come in order, rows gather in a block, a full block becomes a frame, and what
// a reader needs to find them again (filter, shapes, fences, properties) is collected on the way and written last.
// In memory stay one block, the write buffer, the fences, eight bytes per distinct key, and the codes of the columns.
//
//   Add ┬► RowBlockBuilder ► Frame.Seal ► TableFileWriter ► file     Finish: columns, sections, footer, fsync file, fsync folder
//       └► ColumnsBuilder
//
// One thread at a time. A writer that is disposed before Finish leaves no file behind; after a crash in between the
// file is one that no manifest names, and the next open removes it.

using System.Buffers;
using IngoDB.Engine.Columns;
using IngoDB.Engine.Entries;
using IngoDB.Engine.Files;
using IngoDB.Model;

namespace IngoDB.Engine.Sstables;

/// <summary>
/// Writes one table. Entries come in (key ascending, version descending) order. <see cref="Finish"/> syncs file and
/// folder and gives the TableInfo to put in a VersionEdit; a writer disposed before that deletes its file.
/// </summary>
internal sealed class SstableWriter : IDisposable
{
    private readonly TableId _id;
    private readonly SstableOptions _options;
    private readonly TableFileWriter _file;
    private readonly RowBlockBuilder _block;
    private readonly BlockIndexBuilder _index = new();
    private readonly TableShapesBuilder _shapes = new();
    private readonly TableStatistics _statistics = new();
    private readonly ColumnsBuilder? _columns;
    private readonly ArrayBufferWriter<ulong> _keyHashes = new();
    private readonly byte[] _blockKey = new byte[EntryKey.BytesMax];
    private readonly byte[] _lastKey = new byte[EntryKey.BytesMax];
    private int _blockKeyBytes;
    private DocumentVersion _blockVersion;
    private int _lastKeyBytes;
    private DocumentVersion _lastVersion;

    public SstableWriter(IFileSystem files, string directory, TableId id, SstableOptions options, ColumnInputs? inputs = null)
    {
        (_id, _options) = (id, options);
        _block = new(options.BlockBytes);
        if (options.Columns) _columns = new(options.ColumnRowsMin, inputs ?? ColumnInputs.None, options.WantedColumns);
        _file = new(files, directory, TableInfo.FileNameOf(id), id);
    }

    /// <summary>Bytes written so far, to split outputs.</summary>
    public long FileBytes => _file.Bytes + _block.Bytes;

    public long EntryCount => _statistics.Entries;

    /// <summary>Of each collection, when the table is finished.</summary>
    public IReadOnlyList<CollectionColumns> Columns { get; private set; } = [];

    private ReadOnlySpan<byte> LastKey => _lastKey.AsSpan(0, _lastKeyBytes);

    /// <summary>Appends an entry; returns its row id in this table.</summary>
    public RowId Add(in EntryView entry)
    {
        var (kind, version, expiresAt) = (entry.Kind, entry.Version, entry.ExpiresAt);
        var key = entry.Key;
        var row = entry.Row;
        var isSuperseded = Remember(key, version);
        if (_block.IsFullFor(key, row)) CloseBlock();
        if (_block.Count == 0) BeginBlock(key, version);
        _block.Add(kind, _shapes.NumberOf(entry.Shape), version, expiresAt, key, row);
        var rowId = new RowId(checked((uint)_statistics.Entries));
        _statistics.Add(kind, version, expiresAt, key, row.Length, isSuperseded);
        _columns?.Add(entry, rowId.Value, isSuperseded);
        return rowId;
    }

    public TableInfo Finish()
    {
        CloseBlock();
        var rowsEnd = _file.Bytes;
        if (_columns is not null) Columns = _columns.Finish();
        var directory = ColumnDirectory.Append(_file, Columns, _options.Compress);
        var filter = _file.Append(FrameKind.Filter, BloomFilter.Build(_keyHashes.WrittenSpan, _options.FilterBitsPerKey), compress: false);
        var shapes = _file.Append(FrameKind.Shapes, _shapes.Finish(), _options.Compress);
        var index = _file.Append(FrameKind.Index, _index.Finish(), _options.Compress);
        var columns = _file.Append(FrameKind.Columns, directory, _options.Compress);
        var info = _statistics.ToInfo(_id, fileBytes: 0, LastKey.ToArray());
        var section = new SectionWriter();
        TableProperties.Write(section, info, rowsEnd);
        var properties = _file.Append(FrameKind.Properties, section.Written, _options.Compress);
        _file.AppendFooter(new(filter, shapes, index, columns, properties));
        _file.Commit();
        return info with { FileBytes = _file.Bytes };
    }

    public void Dispose()
    {
        _columns?.Dispose();
        _file.Dispose();
    }

    /// <summary>Checks the order, and hashes each distinct key once. True when a newer version of the key went before.</summary>
    private bool Remember(ReadOnlySpan<byte> key, DocumentVersion version)
    {
        Invariant.Holds(key.Length is > EntryKey.CollectionBytes and <= EntryKey.BytesMax);
        var order = LastKey.SequenceCompareTo(key);
        Invariant.Holds(order < 0 || (order == 0 && version < _lastVersion));
        _lastVersion = version;
        if (order == 0) return true;
        key.CopyTo(_lastKey);
        _lastKeyBytes = key.Length;
        if (_options.FilterBitsPerKey > 0) _keyHashes.Write([EntryKey.Hash(key)]);
        return false;
    }

    private void BeginBlock(ReadOnlySpan<byte> key, DocumentVersion version)
    {
        key.CopyTo(_blockKey);
        _blockKeyBytes = key.Length;
        _blockVersion = version;
    }

    private void CloseBlock()
    {
        if (_block.Count == 0) return;
        var firstRow = (uint)(_statistics.Entries - _block.Count);
        var payload = _block.FinishPacked(out var growth);
        var handle = _file.Append(FrameKind.Rows, payload, _options.Compress, growth);
        _index.Add(handle, firstRow, _blockVersion, _blockKey.AsSpan(0, _blockKeyBytes));
        _block.Clear();
    }
}

/// <param name="BlockBytes">Uncompressed size at which a block is closed.</param>
/// <param name="FilterBitsPerKey">0 writes no filter.</param>
/// <param name="ColumnRowsMin">A collection with fewer rows in the table gets no columns.</param>
internal sealed record SstableOptions(int BlockBytes = 16 * 1024, int FilterBitsPerKey = 10, bool Compress = true, bool Columns = true, int ColumnRowsMin = 1000)
{
    /// <summary>Fields of a collection that are to have a column though they lie in documents, or far behind; null: none.</summary>
    public Func<CollectionId, IReadOnlyList<FieldPath>>? WantedColumns { get; init; }
}
