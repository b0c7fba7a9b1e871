// The fields of an edit, in the plainest encoding that ManifestFormat.cs draws. An edit is written a few times a
// minute: being readable in a hex dump is worth more here than being short.

using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace IngoDB.Engine.Manifests;

/// <summary>Little-endian fields, one after the other. Texts and byte strings carry their length as u32.</summary>
internal sealed class ManifestWriter
{
    private readonly ArrayBufferWriter<byte> _bytes = new();

    public ReadOnlySpan<byte> Written => _bytes.WrittenSpan;

    public ManifestWriter Tag(ManifestTag tag)
    {
        _bytes.GetSpan(1)[0] = (byte)tag;
        _bytes.Advance(1);
        return this;
    }

    public ManifestWriter U32(uint value)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(_bytes.GetSpan(sizeof(uint)), value);
        _bytes.Advance(sizeof(uint));
        return this;
    }

    public ManifestWriter U64(ulong value)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(_bytes.GetSpan(sizeof(ulong)), value);
        _bytes.Advance(sizeof(ulong));
        return this;
    }

    public ManifestWriter I64(long value) => U64((ulong)value);

    public ManifestWriter Bytes(ReadOnlySpan<byte> value)
    {
        U32((uint)value.Length);
        _bytes.Write(value);
        return this;
    }

    public ManifestWriter Text(string value) => Bytes(Encoding.UTF8.GetBytes(value));
}
