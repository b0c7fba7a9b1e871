// The few shapes of numbers that replicas write, to disk and to each other. Everything is little-endian and of fixed size, and every
// length is compared with what is left before it is believed: what comes from another node is input like any other.

using System.Buffers.Binary;
using IngoDB.Model;

namespace IngoDB.Grains.Replicas;

/// <summary>Appends to bytes that grow.</summary>
internal sealed class ReplicaWriter
{
    private byte[] _bytes = new byte[256];

    public int Length { get; private set; }

    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, Length);

    public void Byte(byte value) => Reserve(1)[0] = value;

    public void Int(int value) => BinaryPrimitives.WriteInt32LittleEndian(Reserve(sizeof(int)), value);

    public void Long(long value) => BinaryPrimitives.WriteInt64LittleEndian(Reserve(sizeof(long)), value);

    public void Ulong(ulong value) => BinaryPrimitives.WriteUInt64LittleEndian(Reserve(sizeof(ulong)), value);

    public void Id(Guid value) => value.TryWriteBytes(Reserve(16));

    public void Bytes(ReadOnlySpan<byte> value)
    {
        Int(value.Length);
        value.CopyTo(Reserve(value.Length));
    }

    /// <summary>Without their number.</summary>
    public void Raw(ReadOnlySpan<byte> value) => value.CopyTo(Reserve(value.Length));

    public void Clear() => Length = 0;

    private Span<byte> Reserve(int bytes)
    {
        if (_bytes.Length - Length < bytes) Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, Length + bytes));
        Length += bytes;
        return _bytes.AsSpan(Length - bytes, bytes);
    }
}

/// <summary>Reads what <see cref="ReplicaWriter"/> wrote.</summary>
/// <exception cref="CorruptionException">It ends too early.</exception>
internal ref struct ReplicaReader(ReadOnlyMemory<byte> bytes, string source)
{
    private readonly int _length = bytes.Length;
    private ReadOnlyMemory<byte> _rest = bytes;

    public readonly bool IsAtEnd => _rest.IsEmpty;

    public byte Byte() => Take(1).Span[0];

    public int Int() => BinaryPrimitives.ReadInt32LittleEndian(Take(sizeof(int)).Span);

    public long Long() => BinaryPrimitives.ReadInt64LittleEndian(Take(sizeof(long)).Span);

    public ulong Ulong() => BinaryPrimitives.ReadUInt64LittleEndian(Take(sizeof(ulong)).Span);

    public Guid Id() => new(Take(16).Span);

    /// <summary>Not copied.</summary>
    public ReadOnlyMemory<byte> Bytes() => Take(Int());

    /// <summary>A number of things that have at least so many bytes each.</summary>
    public int Count(int bytesMin)
    {
        var count = Int();
        return count >= 0 && (long)count * bytesMin <= _rest.Length ? count : throw Corrupt("a count exceeds the bytes that are left");
    }

    public readonly CorruptionException Corrupt(string detail) => new(source, _length - _rest.Length, detail);

    private ReadOnlyMemory<byte> Take(int length)
    {
        if (length < 0 || length > _rest.Length) throw Corrupt("a length exceeds the bytes that are left");
        var taken = _rest[..length];
        _rest = _rest[length..];
        return taken;
    }
}
