using CsCheck;

namespace IngoDB.Tests;

/// <summary>Bytes that were valid once: flipped, cut, doubled, with something inserted. What a decoder of untrusted bytes must survive.</summary>
public static class Mutations
{
    public static Gen<byte[]> Of(Gen<byte[]> valid) => Gen.Select(valid, Gen.Select(Gen.Int[0, 5], Gen.Int, Gen.Int, Gen.Byte).Array[1, 4], (bytes, changes) =>
    {
        var list = bytes.ToList();
        foreach (var (kind, at, length, value) in changes) Change(list, kind, at & int.MaxValue, length & int.MaxValue, value);
        return list.ToArray();
    });

    private static void Change(List<byte> bytes, int kind, int at, int length, byte value)
    {
        var place = at % (bytes.Count + 1);
        var count = length % (bytes.Count - place + 1);
        if (kind == 0) bytes.Insert(place, value);
        else if (kind == 1) bytes.RemoveRange(place, count);
        else if (kind == 2) bytes.InsertRange(place, bytes.GetRange(place, count));
        else if (place < bytes.Count) bytes[place] = kind == 3 ? (byte)(bytes[place] ^ (1 << (value & 7))) : kind == 4 ? value : (byte)(bytes[place] + 1);
    }
}
