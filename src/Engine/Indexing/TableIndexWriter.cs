// An index file is written like its table: frames, each checksummed with its place, fences behind them, a footer
// last. It is born complete or not at all, since a manifest edit names it only after it is durable.

using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using IngoDB.Engine.Files;
using IngoDB.Engine.Sstables;
using IngoDB.Model;

namespace IngoDB.Engine.Indexing;

/// <summary>Writes the file of one index of one table (drawn in IndexFormat.cs). Entries come in (key, row) order. Disposed before <see cref="Finish"/>, it leaves no file behind.</summary>
internal sealed class TableIndexWriter : IDisposable
{
    private readonly TableId _table;
    private readonly IndexId _index;
    private readonly IndexContents _contents;
    private readonly TableFileWriter _file;
    private readonly SectionWriter _fences = new();
    private readonly SectionWriter _fenceKeys = new();
    private readonly SectionWriter _carried = new();

    // A block and the references of its last group, whose number stands in front of them.
    private byte[] _block = new byte[IndexFormat.BlockBytes + 512];
    private byte[] _group = new byte[512];
    private byte[] _firstKey = [];
    private byte[] _key = [];
    private int _keyBytes, _blockBytes, _groupBytes, _blockEntries, _blockGroups, _groupEntries, _frames;
    private uint _latest;
    private RowReference _first;
    private long _entries, _distinctKeys;

    public TableIndexWriter(IFileSystem files, string directory, TableId table, IndexId index, IndexContents? contents = null)
    {
        (_table, _index, _contents) = (table, index, contents ?? IndexContents.Whole);
        _file = new(files, directory, new TableIndexInfo(index, 0, 0).FileName(table), IndexFormat.Seed(table, index));
    }

    /// <summary>False: whoever tells others of the file syncs its folder first.</summary>
    public bool SyncsName { get; init; } = true;

    /// <param name="carried">Empty unless the index carries rows (CarriedRow).</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Add(ReadOnlySpan<byte> key, RowReference reference, ReadOnlySpan<byte> carried = default)
    {
        Invariant.Holds(carried.IsEmpty != _contents.Carries && _contents.Has(key));
        var order = _entries == 0 ? -1 : _key.AsSpan(0, _keyBytes).SequenceCompareTo(key);
        Invariant.Holds(order < 0 || (order == 0 && reference.Encoded > _latest));
        if (_blockEntries == IndexFormat.BlockEntriesMax || (_blockEntries > 0 && _blockBytes + _groupBytes + _carried.Written.Length + key.Length + carried.Length > IndexFormat.BlockBytes)) CloseBlock();
        if (order < 0) BeginKey(key);
        if (_blockEntries == 0) (_firstKey, _first) = (key.ToArray(), reference);
        if (_groupBytes + Varint.BytesMax > _group.Length) Array.Resize(ref _group, _group.Length * 2);
        _groupBytes += Varint.Write(_group.AsSpan(_groupBytes), _groupEntries == 0 ? reference.Encoded : reference.Encoded - _latest);
        _latest = reference.Encoded;
        if (_contents.Carries)
        {
            _carried.WriteVarint((uint)carried.Length);
            _carried.Write(carried);
        }

        _groupEntries++;
        _blockEntries++;
        _entries++;
    }

    public TableIndexInfo Finish()
    {
        if (_blockEntries > 0) CloseBlock();
        var section = new SectionWriter();
        if (!_contents.IsWhole) _contents.WriteTo(section);
        section.WriteCount(_frames);
        section.Write(_fences.Written);
        section.Write(_fenceKeys.Written);
        var fences = _file.Append(IndexFormat.FencesFrame, section.Written, compress: true);
        _file.Append(IndexFormat.FooterFrame, new IndexFooter(fences, _entries, _distinctKeys, _contents.IsWhole ? IndexFormat.Version : IndexFormat.VersionOfContents).Encode(_table, _index), compress: false);
        _file.Commit(SyncsName);
        return new(_index, _file.Bytes, _entries);
    }

    public void Dispose() => _file.Dispose();

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void BeginKey(ReadOnlySpan<byte> key)
    {
        CloseGroup();
        if (_key.Length < key.Length) _key = new byte[key.Length * 2];
        key.CopyTo(_key);
        _keyBytes = key.Length;
        _distinctKeys++;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void CloseGroup()
    {
        if (_groupEntries == 0) return;
        var carried = _carried.Written;
        var most = _blockBytes + _keyBytes + _groupBytes + carried.Length + (2 * Varint.BytesMax) + IndexFormat.BlockTailBytes;
        if (most > _block.Length) Array.Resize(ref _block, Math.Max(most, _block.Length * 2));
        var target = _block.AsSpan(_blockBytes);
        var at = Varint.Write(target, (uint)_keyBytes);
        _key.AsSpan(0, _keyBytes).CopyTo(target[at..]);
        at += _keyBytes;
        at += Varint.Write(target[at..], (uint)_groupEntries);
        _group.AsSpan(0, _groupBytes).CopyTo(target[at..]);
        at += _groupBytes;
        carried.CopyTo(target[at..]);
        _blockBytes += at + carried.Length;
        _carried.Clear();
        (_groupEntries, _groupBytes) = (0, 0);
        _blockGroups++;
    }

    private void CloseBlock()
    {
        CloseGroup();
        BinaryPrimitives.WriteInt32LittleEndian(_block.AsSpan(_blockBytes), _blockEntries);
        BinaryPrimitives.WriteInt32LittleEndian(_block.AsSpan(_blockBytes + 4), _blockGroups);
        var handle = _file.Append(IndexFormat.EntriesFrame, _block.AsSpan(0, _blockBytes + IndexFormat.BlockTailBytes), compress: true);
        _fences.WriteI64(handle.Offset);
        _fences.WriteU32((uint)handle.Bytes);
        _fences.WriteI64(_entries - _blockEntries);
        _fences.WriteU32(_first.Encoded);
        _fences.WriteU32((uint)_firstKey.Length);
        _fenceKeys.Write(_firstKey);
        _frames++;
        (_blockEntries, _blockGroups, _blockBytes) = (0, 0, 0);
    }
}

/// <summary>The last frame of an index file.</summary>
internal readonly record struct IndexFooter(FrameHandle Fences, long Entries, long DistinctKeys, uint Version = IndexFormat.Version)
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
        section.WriteU32(Version);
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
        if (version is 0 or > IndexFormat.VersionOfContents) throw new UnsupportedFormatException(file, (int)version, (int)IndexFormat.VersionOfContents);
        var reader = new SectionReader(file, offset, payload);
        var fences = new FrameHandle(reader.ReadI64(), (int)Math.Min(reader.ReadU32(), int.MaxValue));
        reader.ReadU32();
        var footer = new IndexFooter(fences, reader.ReadI64(), reader.ReadI64(), version);
        if (reader.ReadU64() != table.Value || reader.ReadU32() != index.Value) throw reader.Damaged("the index of another table");
        return footer;
    }
}
