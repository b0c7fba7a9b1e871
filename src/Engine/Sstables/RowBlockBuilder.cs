// Rows of a table are read a block at a time, so they are written a block at a time: entries one after the other,
// then where each begins, so that a reader can search a block without walking it.

using System.Buffers;
using System.Buffers.Binary;
using IngoDB.Engine.Entries;
using IngoDB.Model;

namespace IngoDB.Engine.Sstables;

/// <summary>Collects the entries of one rows frame; SstableFormat.cs draws the bytes. Reusable after <see cref="Clear"/>.</summary>
internal sealed class RowBlockBuilder(int blockBytes)
{
    private readonly ArrayBufferWriter<byte> _entries = new(blockBytes + 1024);
    private readonly List<int> _starts = [];

    public int Count => _starts.Count;

    /// <summary>Bytes of the block if it were finished now.</summary>
    public int Bytes => _entries.WrittenCount + 4 * Count + 4;

    /// <summary>Whether an entry of this size should rather begin a new block.</summary>
    public bool IsFullFor(int entryBytes) => Count > 0 && Bytes + entryBytes > blockBytes;

    public static int EntryBytes(ReadOnlySpan<byte> key, ReadOnlySpan<byte> row) =>
        SstableFormat.EntryHeadBytes + SstableFormat.ExpiresBytes + key.Length + row.Length;

    public void Add(EntryKind kind, int shapeNumber, DocumentVersion version, DocumentVersion expiresAt, ReadOnlySpan<byte> key, ReadOnlySpan<byte> row)
    {
        _starts.Add(_entries.WrittenCount);
        var expires = expiresAt != DocumentVersion.None;
        var head = _entries.GetSpan(SstableFormat.EntryHeadBytes + SstableFormat.ExpiresBytes);
        head[0] = (byte)((byte)kind | (expires ? SstableFormat.ExpiresBit : 0));
        head[1] = 0;
        BinaryPrimitives.WriteUInt16LittleEndian(head[2..], (ushort)key.Length);
        BinaryPrimitives.WriteInt32LittleEndian(head[4..], shapeNumber);
        BinaryPrimitives.WriteUInt64LittleEndian(head[8..], version.Raw);
        if (expires) BinaryPrimitives.WriteUInt64LittleEndian(head[SstableFormat.EntryHeadBytes..], expiresAt.Raw);
        _entries.Advance(SstableFormat.EntryHeadBytes + (expires ? SstableFormat.ExpiresBytes : 0));
        _entries.Write(key);
        _entries.Write(row);
    }

    /// <summary>The payload; valid until <see cref="Clear"/>.</summary>
    public ReadOnlySpan<byte> Finish()
    {
        var tail = _entries.GetSpan(4 * Count + 4);
        for (var i = 0; i < Count; i++) BinaryPrimitives.WriteInt32LittleEndian(tail[(4 * i)..], _starts[i]);
        BinaryPrimitives.WriteInt32LittleEndian(tail[(4 * Count)..], Count);
        _entries.Advance(4 * Count + 4);
        return _entries.WrittenSpan;
    }

    public void Clear()
    {
        _entries.ResetWrittenCount();
        _starts.Clear();
    }
}
