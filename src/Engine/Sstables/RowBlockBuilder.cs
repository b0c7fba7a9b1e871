// Rows of a table are read a block at a time, so they are written a block at a time. Each field of all entries is one
// array: what is the same in all (the collection, the high bytes of ids, the shape) is written once, versions take as
// many bytes as their spread needs, and the rows lie together, where LZ4 finds more in them than between keys.
//
// While entries come, keys lie here whole; what they share is known when the block is closed, since it is what the
// first and the last share.

using System.Buffers;
using System.Buffers.Binary;
using IngoDB.Engine.Entries;
using IngoDB.Model;

namespace IngoDB.Engine.Sstables;

/// <summary>Collects the entries of one rows frame; SstableFormat.cs draws the bytes. Reusable after <see cref="Clear"/>.</summary>
internal sealed class RowBlockBuilder(int blockBytes)
{
    private readonly ArrayBufferWriter<byte> _keys = new(4096);
    private readonly ArrayBufferWriter<byte> _rows = new(blockBytes + 1024);
    private readonly List<Entry> _entries = [];
    private byte[] _block = [];
    private byte[] _packing = [];
    private int _prefixBytes;
    private ulong _leastVersion;
    private ulong _greatestVersion;
    private int _shapeMax;
    private bool _keysDiffer;
    private bool _shapesDiffer;
    private bool _hasKinds;
    private bool _hasExpiries;

    public int Count => _entries.Count;

    /// <summary>Bytes of the block if it were finished now.</summary>
    public int Bytes => Count == 0 ? 0 : SstableFormat.RowsHeadBytes + _prefixBytes + _keys.WrittenCount - Count * _prefixBytes + Count * EntryBytes + _rows.WrittenCount;

    private int EndBytes => _rows.WrittenCount <= ushort.MaxValue && _keys.WrittenCount <= ushort.MaxValue ? 2 : 4;

    private int VersionBytes => (71 - System.Numerics.BitOperations.LeadingZeroCount(_greatestVersion - _leastVersion)) / 8;

    private int ShapeBytes => !_shapesDiffer ? 0 : _shapeMax <= byte.MaxValue ? 1 : _shapeMax <= ushort.MaxValue ? 2 : 4;

    // Of an entry, its key and its row not counted.
    private int EntryBytes => VersionBytes + ShapeBytes + (_hasKinds ? 1 : 0) + (_hasExpiries ? 8 : 0) + EndBytes * (_keysDiffer ? 2 : 1);

    /// <summary>Whether an entry should rather begin a new block. What it changes for the others is not foreseen.</summary>
    public bool IsFullFor(ReadOnlySpan<byte> key, ReadOnlySpan<byte> row) =>
        Count > 0 && Bytes + EntryBytes + Math.Max(key.Length - _prefixBytes, 0) + row.Length > blockBytes;

    public void Add(EntryKind kind, int shapeNumber, DocumentVersion version, DocumentVersion expiresAt, ReadOnlySpan<byte> key, ReadOnlySpan<byte> row)
    {
        Observe(kind, shapeNumber, version.Raw, expiresAt, key);
        _keys.Write(key);
        _rows.Write(row);
        _entries.Add(new(version.Raw, expiresAt.Raw, shapeNumber, kind, _keys.WrittenCount, _rows.WrittenCount));
    }

    /// <summary>The payload; valid until <see cref="Clear"/>.</summary>
    public ReadOnlySpan<byte> Finish()
    {
        var bytes = Bytes;
        if (_block.Length < bytes) _block = GC.AllocateUninitializedArray<byte>(Math.Max(bytes, blockBytes));
        var block = _block.AsSpan(0, bytes);
        var rest = WriteHead(block);
        rest = WriteKeys(rest);
        rest = WriteVersions(rest);
        rest = WriteShapesAndKinds(rest);
        rest = WriteExpiriesAndEnds(rest);
        Invariant.Holds(rest.Length == _rows.WrittenCount);
        _rows.WrittenSpan.CopyTo(rest);
        return block;
    }

    /// <summary>The payload as a frame holds it; valid until <see cref="Clear"/>.</summary>
    /// <param name="growth">By how many bytes it is longer when it is unfolded; 0 when it is not packed.</param>
    public ReadOnlySpan<byte> FinishPacked(out int growth)
    {
        var bytes = Finish().Length;
        growth = PackedRows.Pack(_block.AsSpan(0, bytes), ref _packing);
        return _block.AsSpan(growth, bytes - growth);
    }

    public void Clear()
    {
        _keys.ResetWrittenCount();
        _rows.ResetWrittenCount();
        _entries.Clear();
        _keysDiffer = _shapesDiffer = _hasKinds = _hasExpiries = false;
        _shapeMax = 0;
    }

    private void Observe(EntryKind kind, int shapeNumber, ulong version, DocumentVersion expiresAt, ReadOnlySpan<byte> key)
    {
        if (Count == 0)
        {
            _prefixBytes = key.Length;
            (_leastVersion, _greatestVersion) = (version, version);
        }
        else
        {
            _prefixBytes = _keys.WrittenSpan[.._prefixBytes].CommonPrefixLength(key);
            _keysDiffer |= key.Length != _entries[0].KeyEnd;
            _shapesDiffer |= shapeNumber != _entries[0].Shape;
            if (version < _leastVersion) _leastVersion = version;
            if (version > _greatestVersion) _greatestVersion = version;
        }

        _shapeMax = Math.Max(_shapeMax, shapeNumber);
        _hasKinds |= kind != EntryKind.Put;
        _hasExpiries |= expiresAt != DocumentVersion.None;
    }

    private Span<byte> WriteHead(Span<byte> target)
    {
        BinaryPrimitives.WriteInt32LittleEndian(target, Count);
        BinaryPrimitives.WriteUInt16LittleEndian(target[4..], (ushort)_prefixBytes);
        BinaryPrimitives.WriteUInt16LittleEndian(target[6..], _keysDiffer ? SstableFormat.SuffixesDiffer : (ushort)(_entries[0].KeyEnd - _prefixBytes));
        BinaryPrimitives.WriteUInt64LittleEndian(target[8..], _leastVersion);
        target[16] = (byte)VersionBytes;
        target[17] = (byte)ShapeBytes;
        target[18] = (byte)EndBytes;
        target[19] = (byte)((_hasKinds ? SstableFormat.HasKinds : 0) | (_hasExpiries ? SstableFormat.HasExpiries : 0));
        BinaryPrimitives.WriteInt32LittleEndian(target[20..], _shapesDiffer ? 0 : _entries[0].Shape);
        _keys.WrittenSpan[.._prefixBytes].CopyTo(target[SstableFormat.RowsHeadBytes..]);
        return target[(SstableFormat.RowsHeadBytes + _prefixBytes)..];
    }

    private Span<byte> WriteKeys(Span<byte> target)
    {
        var keys = _keys.WrittenSpan;
        var endBytes = EndBytes;
        if (_keysDiffer)
        {
            for (var i = 0; i < Count; i++) WriteNumber(target[(endBytes * i)..], (ulong)(_entries[i].KeyEnd - (i + 1) * _prefixBytes), endBytes);
            target = target[(endBytes * Count)..];
        }

        var start = 0;
        foreach (var entry in _entries)
        {
            var suffix = keys[(start + _prefixBytes)..entry.KeyEnd];
            suffix.CopyTo(target);
            target = target[suffix.Length..];
            start = entry.KeyEnd;
        }

        return target;
    }

    private Span<byte> WriteVersions(Span<byte> target)
    {
        var versionBytes = VersionBytes;
        for (var i = 0; i < Count; i++) WriteNumber(target[(versionBytes * i)..], _entries[i].Version - _leastVersion, versionBytes);
        return target[(versionBytes * Count)..];
    }

    private Span<byte> WriteShapesAndKinds(Span<byte> target)
    {
        var shapeBytes = ShapeBytes;
        for (var i = 0; i < Count && shapeBytes > 0; i++) WriteNumber(target[(shapeBytes * i)..], (ulong)_entries[i].Shape, shapeBytes);
        target = target[(shapeBytes * Count)..];
        if (!_hasKinds) return target;
        for (var i = 0; i < Count; i++) target[i] = (byte)_entries[i].Kind;
        return target[Count..];
    }

    private Span<byte> WriteExpiriesAndEnds(Span<byte> target)
    {
        if (_hasExpiries)
        {
            for (var i = 0; i < Count; i++) BinaryPrimitives.WriteUInt64LittleEndian(target[(8 * i)..], _entries[i].ExpiresAt);
            target = target[(8 * Count)..];
        }

        var endBytes = EndBytes;
        for (var i = 0; i < Count; i++) WriteNumber(target[(endBytes * i)..], (ulong)_entries[i].RowEnd, endBytes);
        return target[(endBytes * Count)..];
    }

    // Little-endian, in so many bytes. Whole words while there is room: what is written too much, the next number overwrites.
    private static void WriteNumber(Span<byte> target, ulong value, int bytes)
    {
        if (target.Length >= 8)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(target, value);
            return;
        }

        for (var i = 0; i < bytes; i++, value >>= 8) target[i] = (byte)value;
    }

    private readonly record struct Entry(ulong Version, ulong ExpiresAt, int Shape, EntryKind Kind, int KeyEnd, int RowEnd);
}
