// An index file is written like its table: frames, each checksummed with its place, fences behind them, a footer
// last. It is born complete or not at all, since a manifest edit names it only after it is durable.

using System.Buffers.Binary;
using IngoDB.Engine.Files;
using IngoDB.Engine.Sstables;
using IngoDB.Model;

namespace IngoDB.Engine.Indexing;

/// <summary>Writes the file of one index of one table (drawn in IndexFormat.cs). Entries come in (key, row) order. Disposed before <see cref="Finish"/>, it leaves no file behind.</summary>
internal sealed class TableIndexWriter : IDisposable
{
    private readonly TableId _table;
    private readonly IndexId _index;
    private readonly TableFileWriter _file;
    private readonly SectionWriter _fences = new();
    private readonly SectionWriter _fenceKeys = new();
    private readonly List<uint> _starts = [];
    private SectionWriter _block = new();
    private byte[] _firstKey = [];
    private byte[] _lastKey = [];
    private int _lastKeyBytes;
    private RowReference _first;
    private int _frames;
    private long _entries, _distinctKeys;

    public TableIndexWriter(IFileSystem files, string directory, TableId table, IndexId index)
    {
        (_table, _index) = (table, index);
        _file = new(files, directory, new TableIndexInfo(index, 0, 0).FileName(table), IndexFormat.Seed(table, index));
    }

    public void Add(ReadOnlySpan<byte> key, RowReference reference)
    {
        if (_starts.Count > 0 && _block.Written.Length + key.Length > IndexFormat.BlockBytes) CloseBlock();
        if (_starts.Count == 0) (_firstKey, _first) = (key.ToArray(), reference);
        CountDistinct(key);
        _starts.Add((uint)_block.Written.Length);
        _block.WriteU32(reference.Encoded);
        _block.Write(key);
        _entries++;
    }

    public TableIndexInfo Finish()
    {
        if (_starts.Count > 0) CloseBlock();
        var section = new SectionWriter();
        section.WriteCount(_frames);
        section.Write(_fences.Written);
        section.Write(_fenceKeys.Written);
        var fences = _file.Append(IndexFormat.FencesFrame, section.Written, compress: true);
        _file.Append(IndexFormat.FooterFrame, new IndexFooter(fences, _entries, _distinctKeys).Encode(_table, _index), compress: false);
        _file.Commit();
        return new(_index, _file.Bytes, _entries);
    }

    public void Dispose() => _file.Dispose();

    private void CountDistinct(ReadOnlySpan<byte> key)
    {
        if (_entries > 0 && key.SequenceEqual(_lastKey.AsSpan(0, _lastKeyBytes))) return;
        Invariant.Holds(_entries == 0 || _lastKey.AsSpan(0, _lastKeyBytes).SequenceCompareTo(key) < 0);
        if (_lastKey.Length < key.Length) _lastKey = new byte[key.Length * 2];
        key.CopyTo(_lastKey);
        _lastKeyBytes = key.Length;
        _distinctKeys++;
    }

    private void CloseBlock()
    {
        foreach (var start in _starts) _block.WriteU32(start);
        _block.WriteCount(_starts.Count);
        var handle = _file.Append(IndexFormat.EntriesFrame, _block.Written, compress: true);
        _fences.WriteI64(handle.Offset);
        _fences.WriteU32((uint)handle.Bytes);
        _fences.WriteI64(_entries - _starts.Count);
        _fences.WriteU32(_first.Encoded);
        _fences.WriteU32((uint)_firstKey.Length);
        _fenceKeys.Write(_firstKey);
        _frames++;
        _starts.Clear();
        _block = new();
    }
}

/// <summary>The last frame of an index file.</summary>
internal readonly record struct IndexFooter(FrameHandle Fences, long Entries, long DistinctKeys)
{
    public byte[] Encode(TableId table, IndexId index)
    {
        var section = new SectionWriter();
        section.WriteI64(Fences.Offset);
        section.WriteU32((uint)Fences.Bytes);
        section.WriteU32(0);
        section.WriteI64(Entries);
        section.WriteI64(DistinctKeys);
        section.WriteU64(table.Value);
        section.WriteU32(index.Value);
        section.WriteU32(IndexFormat.Version);
        section.WriteU64(IndexFormat.Magic);
        Invariant.Holds(section.Written.Length == IndexFormat.FooterBytes);
        return section.Written.ToArray();
    }

    /// <exception cref="CorruptionException">Not the footer of this index.</exception>
    /// <exception cref="UnsupportedFormatException">Written by a newer program.</exception>
    public static IndexFooter Decode(string file, long offset, ReadOnlySpan<byte> payload, TableId table, IndexId index)
    {
        if (payload.Length < 16 || BinaryPrimitives.ReadUInt64LittleEndian(payload[^8..]) != IndexFormat.Magic) throw new CorruptionException(file, offset, "this is not the end of an index file");
        var version = BinaryPrimitives.ReadUInt32LittleEndian(payload[^12..]);
        if (version != IndexFormat.Version) throw new UnsupportedFormatException(file, (int)version, (int)IndexFormat.Version);
        var reader = new SectionReader(file, offset, payload);
        var fences = new FrameHandle(reader.ReadI64(), (int)Math.Min(reader.ReadU32(), int.MaxValue));
        reader.ReadU32();
        var footer = new IndexFooter(fences, reader.ReadI64(), reader.ReadI64());
        if (reader.ReadU64() != table.Value || reader.ReadU32() != index.Value) throw reader.Damaged("the index of another table");
        return footer;
    }
}
