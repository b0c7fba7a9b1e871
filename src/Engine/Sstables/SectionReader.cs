// The sections of a table besides its rows (properties, shapes, fences, filter) are small, read once, and trusted by
// every later read. Their checksum was verified; this reader still bounds every length and count by the bytes there
// are, so that damage under a right checksum is named too and hostile counts allocate nothing.

using System.Buffers.Binary;
using IngoDB.Engine.Entries;
using IngoDB.Model;

namespace IngoDB.Engine.Sstables;

/// <summary>Reads a verified section field by field. A length that leads outside is corruption, never an exception of the runtime.</summary>
internal ref struct SectionReader(string file, long offset, ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _rest = bytes;

    public readonly ReadOnlySpan<byte> Rest => _rest;

    public ulong ReadU64() => BinaryPrimitives.ReadUInt64LittleEndian(Read(8));

    public uint ReadU32() => BinaryPrimitives.ReadUInt32LittleEndian(Read(4));

    public ushort ReadU16() => BinaryPrimitives.ReadUInt16LittleEndian(Read(2));

    public byte ReadByte() => Read(1)[0];

    public DocumentVersion ReadVersion() => new(ReadU64());

    /// <summary>A number that must not be negative as a long.</summary>
    public long ReadI64() => ReadU64() is <= long.MaxValue and var value ? (long)value : throw Damaged("a size beyond 2^63");

    /// <summary>How many items follow, each of at least <paramref name="itemBytesMin"/>: bounded by the bytes there are.</summary>
    public int ReadCount(int itemBytesMin)
    {
        var count = ReadU32();
        return count <= (uint)(_rest.Length / itemBytesMin) ? (int)count : throw Damaged($"{count} items do not fit into {_rest.Length} bytes");
    }

    public ReadOnlySpan<byte> ReadKey()
    {
        var length = ReadU16();
        return length <= EntryKey.BytesMax ? Read(length) : throw Damaged($"a key of {length} bytes");
    }

    public ReadOnlySpan<byte> Read(int length)
    {
        if ((uint)length > (uint)_rest.Length) throw Damaged($"{length} bytes wanted where {_rest.Length} are left");
        var read = _rest[..length];
        _rest = _rest[length..];
        return read;
    }

    public Shape ReadShape()
    {
        try
        {
            return Shape.Read(ref _rest);
        }
        catch (CorruptionException e)
        {
            throw Damaged(e.Message); // a shape does not know in which file it lies
        }
    }

    public readonly void ExpectEnd()
    {
        if (!_rest.IsEmpty) throw Damaged($"{_rest.Length} bytes too many");
    }

    public readonly CorruptionException Damaged(string detail) => new(file, offset, detail);
}
