// The fields of an edit, read back. The record's checksum has been verified before, so a field that leads beyond the
// end is a writer's bug or an unknown writer; either way it is told as corruption with its place, never as an index
// out of range.

using System.Buffers.Binary;
using System.Text;
using IngoDB.Model;

namespace IngoDB.Engine.Manifests;

/// <summary>Reads what <see cref="ManifestWriter"/> wrote; running out of bytes is corruption of <paramref name="file"/>.</summary>
/// <param name="offset">Where the bytes begin in the file, for the message.</param>
internal ref struct ManifestReader(ReadOnlySpan<byte> bytes, string file, long offset)
{
    private readonly ReadOnlySpan<byte> _bytes = bytes;
    private int _at;

    public readonly bool AtEnd => _at == _bytes.Length;

    public ManifestTag Tag() => (ManifestTag)Take(1)[0];

    public uint U32() => BinaryPrimitives.ReadUInt32LittleEndian(Take(sizeof(uint)));

    public ulong U64() => BinaryPrimitives.ReadUInt64LittleEndian(Take(sizeof(ulong)));

    public long I64() => (long)U64();

    public ReadOnlyMemory<byte> Bytes() => Take((int)Math.Min(U32(), int.MaxValue)).ToArray();

    public string Text() => Encoding.UTF8.GetString(Take((int)Math.Min(U32(), int.MaxValue)));

    public FieldPath Path()
    {
        var text = Text();
        return FieldPath.TryParse(text, out var path) ? path : throw Damage($"'{text}' is not a path");
    }

    public readonly CorruptionException Damage(string detail) => new(file, offset + _at, detail);

    private ReadOnlySpan<byte> Take(int count)
    {
        if (count > _bytes.Length - _at) throw Damage("the edit ends in the middle of a field");
        _at += count;
        return _bytes.Slice(_at - count, count);
    }
}
