// Key suffixes of one length, packed. Of ids that ascend, the byte that counts changes by one each time, and the bytes before it
// hardly at all; the rest is chance, and stays as it is:
//
//   70 61 0d | 71 e2 4f | 72 0b a3     ►     planes u8 = 1 | changes 70 01 01 | rests 61 0d, e2 4f, 0b a3

using System.Buffers.Binary;

namespace IngoDB.Engine.Sstables;

/// <summary>The key suffixes of a block as changes and rests.</summary>
internal static class PackedKeys
{
    private const int PlanesMax = 4;

    public static void Pack(scoped ref PackedWriter writer, ReadOnlySpan<byte> suffixes, int count, int suffixBytes)
    {
        var planes = 0;
        while (planes < Math.Min(PlanesMax, suffixBytes) && IsRegular(suffixes, count, suffixBytes, planes)) planes++;
        writer.WriteByte((byte)planes);
        for (var plane = 0; plane < planes; plane++)
        {
            byte before = 0;
            for (var at = plane; at < suffixes.Length; at += suffixBytes)
            {
                writer.WriteByte((byte)(suffixes[at] - before));
                before = suffixes[at];
            }
        }

        for (var at = 0; at < suffixes.Length; at += suffixBytes) writer.Write(suffixes[(at + planes)..(at + suffixBytes)]);
    }

    private static bool IsRegular(ReadOnlySpan<byte> suffixes, int count, int suffixBytes, int plane)
    {
        var breaks = 0;
        for (var i = 2; i < count; i++)
        {
            var at = i * suffixBytes + plane;
            if (suffixes[at] - suffixes[at - suffixBytes] != suffixes[at - suffixBytes] - suffixes[at - 2 * suffixBytes]) breaks++;
        }

        return breaks <= count / 4;
    }

    public static void Unfold(Span<byte> target, scoped ref PackedReader reader, int count, int suffixBytes)
    {
        int planes = reader.Take(1)[0];
        if (planes > suffixBytes) throw reader.Damaged();
        var suffixes = target[..(count * suffixBytes)];
        for (var plane = 0; plane < planes; plane++)
        {
            byte value = 0;
            var at = plane;
            foreach (var change in reader.Take(count))
            {
                suffixes[at] = value += change;
                at += suffixBytes;
            }
        }

        var restBytes = suffixBytes - planes;
        var rests = reader.Take(count * restBytes);
        if (restBytes == sizeof(ulong))
        {
            for (var i = 0; i < count; i++) BinaryPrimitives.WriteUInt64LittleEndian(suffixes[(i * suffixBytes + planes)..], BinaryPrimitives.ReadUInt64LittleEndian(rests[(i * sizeof(ulong))..]));
        }
        else
        {
            for (var i = 0; i < count; i++) rests.Slice(i * restBytes, restBytes).CopyTo(suffixes[(i * suffixBytes + planes)..]);
        }
    }
}
