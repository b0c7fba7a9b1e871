// Versions of one block, packed. A version is milliseconds and a counter of 16 bits that begins anew with each of them; of the
// counter mostly ten bits are used, and of the milliseconds as many as the block spans. Without the unused bits between them
// the versions of a million updates in a second take 22 bits each, not 32.
//
//   time bits u8 | counter bits u8 | least counter u16 | of each (milliseconds above the least version's) and (counter above
//   the least), lowest bits first         or         FFh | the array as it is

using System.Buffers.Binary;
using IngoDB.Model;

namespace IngoDB.Engine.Sstables;

/// <summary>The versions of a block as bits.</summary>
internal static class PackedVersions
{
    private const byte VersionsAsTheyAre = 0xFF;
    private const int VersionBitsMax = 56;

    public static void Pack(scoped ref PackedWriter writer, ReadOnlySpan<byte> versions, in RowBlockLayout layout)
    {
        var least = new DocumentVersion(layout.LeastVersion);
        ulong times = 0, counterMin = ulong.MaxValue, counterMax = 0;
        for (var i = 0; i < layout.Count; i++)
        {
            var (time, counter) = TimeAndCounter(least, Raw(versions, i, layout));
            times |= time;
            counterMin = Math.Min(counterMin, counter);
            counterMax = Math.Max(counterMax, counter);
        }

        var (timeBits, counterBits) = (PackedWriter.BitsOf(times), PackedWriter.BitsOf(counterMax - counterMin));
        if (timeBits + counterBits > Math.Min(VersionBitsMax, 8 * layout.VersionBytes))
        {
            writer.WriteByte(VersionsAsTheyAre);
            writer.Write(versions);
            return;
        }

        writer.WriteByte((byte)timeBits);
        writer.WriteByte((byte)counterBits);
        writer.WriteByte((byte)counterMin);
        writer.WriteByte((byte)(counterMin >> 8));
        for (var i = 0; i < layout.Count; i++)
        {
            var (time, counter) = TimeAndCounter(least, Raw(versions, i, layout));
            writer.WriteBits((time << counterBits) | (counter - counterMin), timeBits + counterBits);
        }

        writer.EndBits();
    }

    public static void Unfold(Span<byte> target, scoped ref PackedReader reader, int count, int versionBytes, ulong least)
    {
        int timeBits = reader.Take(1)[0];
        if (timeBits == VersionsAsTheyAre)
        {
            reader.Take(count * versionBytes).CopyTo(target);
            return;
        }

        int counterBits = reader.Take(1)[0];
        if (timeBits + counterBits > VersionBitsMax) throw reader.Damaged();
        var counterMin = BinaryPrimitives.ReadUInt16LittleEndian(reader.Take(2));
        var bits = reader.TakeAndMore((int)(((long)count * (timeBits + counterBits) + 7) / 8));
        var mask = (1UL << (timeBits + counterBits)) - 1;
        var counterMask = (1UL << counterBits) - 1;
        var first = new DocumentVersion(least).Milliseconds;
        long at = 0;
        for (var i = 0; i < count; i++, at += timeBits + counterBits)
        {
            var both = (BinaryPrimitives.ReadUInt64LittleEndian(bits[(int)(at >> 3)..]) >> (int)(at & 7)) & mask;
            var raw = (((ulong)first + (both >> counterBits)) << DocumentVersion.CounterBits) + counterMin + (both & counterMask);
            PackedReader.WriteNumber(target[(i * versionBytes)..], raw - least, versionBytes);
        }
    }

    private static (ulong Time, ulong Counter) TimeAndCounter(DocumentVersion least, ulong aboveLeast)
    {
        var version = least.Raw + aboveLeast;
        return ((version >> DocumentVersion.CounterBits) - (least.Raw >> DocumentVersion.CounterBits), version & ushort.MaxValue);
    }

    private static ulong Raw(ReadOnlySpan<byte> versions, int index, in RowBlockLayout layout)
    {
        ulong value = 0;
        for (var i = layout.VersionBytes - 1; i >= 0; i--) value = (value << 8) | versions[(index * layout.VersionBytes) + i];
        return value;
    }
}
