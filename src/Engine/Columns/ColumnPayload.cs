// The bytes of one column frame, as ColumnFormat.cs draws them: what comes before the codes is written at once, the
// codes while they are made.

using System.Buffers.Binary;

namespace IngoDB.Engine.Columns;

/// <summary>The payload of a column frame while it is written.</summary>
internal sealed class ColumnPayload
{
    private readonly int _bits;
    private int _codesAt = ColumnFormat.HeadBytes;

    private ColumnPayload(int rows, ColumnEncoding encoding, uint codeCount, int keysBytes)
    {
        _bits = BitPacking.BitsFor(codeCount);
        Bytes = GC.AllocateUninitializedArray<byte>(checked((int)(ColumnFormat.HeadBytes + keysBytes + BitPacking.BytesFor(rows, _bits))));
        BinaryPrimitives.WriteInt32LittleEndian(Bytes, rows);
        (Bytes[4], Bytes[5], Bytes[6], Bytes[7]) = ((byte)encoding, (byte)_bits, 0, 0);
    }

    public byte[] Bytes { get; }

    /// <summary>Fills the place of the codes.</summary>
    public BitPacker Codes => new(Bytes.AsSpan(_codesAt), _bits);

    public static ColumnPayload Of(int rows, SortedKeys keys)
    {
        var payload = new ColumnPayload(rows, ColumnEncoding.Dictionary, (uint)keys.Count, 8 + keys.Bytes + (2 * keys.Count));
        payload.Write(keys.Count);
        payload.Write(keys.Bytes);
        for (var i = 0; i < keys.Count; i++) BinaryPrimitives.WriteUInt16LittleEndian(payload.Take(2), (ushort)keys[i].Length);
        for (var i = 0; i < keys.Count; i++) keys[i].CopyTo(payload.Take(keys[i].Length));
        return payload;
    }

    public static ColumnPayload Of(int rows, NumberKeys keys)
    {
        var payload = new ColumnPayload(rows, ColumnEncoding.Numbers, keys.Count, ColumnFormat.NumberKeysBytes);
        var head = payload.Take(4);
        (head[0], head[1], head[2], head[3]) = ((byte)keys.Kind, (byte)keys.Scale, keys.Lowest, 0);
        payload.Write((int)keys.Count);
        BinaryPrimitives.WriteInt64LittleEndian(payload.Take(8), keys.First);
        BinaryPrimitives.WriteUInt64LittleEndian(payload.Take(8), keys.Step);
        return payload;
    }

    private void Write(int number) => BinaryPrimitives.WriteInt32LittleEndian(Take(4), number);

    private Span<byte> Take(int bytes)
    {
        var taken = Bytes.AsSpan(_codesAt, bytes);
        _codesAt += bytes;
        return taken;
    }
}
