// Sections are written once for each table and read at every open; this writer and SectionReader are the only two
// that know how a field lies in one, and they line up method by method.

using System.Buffers;
using System.Buffers.Binary;
using IngoDB.Model;

namespace IngoDB.Engine.Sstables;

/// <summary>Builds a section field by field; the mirror of <see cref="SectionReader"/>.</summary>
internal sealed class SectionWriter
{
    private readonly ArrayBufferWriter<byte> _bytes = new(256);

    public ReadOnlySpan<byte> Written => _bytes.WrittenSpan;

    public void WriteU64(ulong value)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(_bytes.GetSpan(8), value);
        _bytes.Advance(8);
    }

    public void WriteU32(uint value)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(_bytes.GetSpan(4), value);
        _bytes.Advance(4);
    }

    public void WriteU16(ushort value)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(_bytes.GetSpan(2), value);
        _bytes.Advance(2);
    }

    public void WriteByte(byte value)
    {
        _bytes.GetSpan(1)[0] = value;
        _bytes.Advance(1);
    }

    public void WriteFrame(FrameHandle frame)
    {
        WriteI64(frame.Offset);
        WriteU32((uint)frame.Bytes);
    }

    public void WriteI64(long value) => WriteU64((ulong)value);

    public void WriteVersion(DocumentVersion version) => WriteU64(version.Raw);

    public void WriteVarint(uint value) => _bytes.Advance(Varint.Write(_bytes.GetSpan(Varint.BytesMax), value));

    /// <summary>The same buffer for the next section.</summary>
    public void Clear() => _bytes.ResetWrittenCount();

    public void WriteCount(int count) => WriteU32((uint)count);

    public void WriteKey(ReadOnlySpan<byte> key)
    {
        WriteU16(checked((ushort)key.Length));
        _bytes.Write(key);
    }

    public void Write(ReadOnlySpan<byte> bytes) => _bytes.Write(bytes);

    public void WriteShape(Shape shape) => shape.WriteTo(_bytes);
}
