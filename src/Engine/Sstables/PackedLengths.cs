// Where rows end, packed as how long they are: least length u32 | bytes u8 (0..4) | of each, what it is longer.

using System.Buffers.Binary;

namespace IngoDB.Engine.Sstables;

/// <summary>The row ends of a block as lengths.</summary>
internal static class PackedLengths
{
    public static void Pack(scoped ref PackedWriter writer, ReadOnlySpan<byte> ends, int count, int endBytes)
    {
        int before = 0, least = int.MaxValue, greatest = 0;
        for (var i = 0; i < count; i++)
        {
            var end = ReadEnd(ends, endBytes, i);
            least = Math.Min(least, end - before);
            greatest = Math.Max(greatest, end - before);
            before = end;
        }

        var bytes = (PackedWriter.BitsOf((ulong)(greatest - least)) + 7) / 8;
        writer.WriteNumber((ulong)least, sizeof(int));
        writer.WriteByte((byte)bytes);
        before = 0;
        for (var i = 0; i < count; i++)
        {
            var end = ReadEnd(ends, endBytes, i);
            writer.WriteNumber((ulong)(end - before - least), bytes);
            before = end;
        }
    }

    public static void Unfold(Span<byte> target, scoped ref PackedReader reader, int count, int endBytes)
    {
        var least = BinaryPrimitives.ReadInt32LittleEndian(reader.Take(sizeof(int)));
        int bytes = reader.Take(1)[0];
        if (bytes > sizeof(int)) throw reader.Damaged();
        var lengths = reader.TakeAndMore(count * bytes);
        var mask = (1UL << (8 * bytes)) - 1;
        ulong end = 0;
        for (var i = 0; i < count; i++)
        {
            end += (uint)least + (BinaryPrimitives.ReadUInt64LittleEndian(lengths[(i * bytes)..]) & mask);
            PackedReader.WriteNumber(target[(i * endBytes)..], end, endBytes);
        }
    }

    public static int ReadEnd(ReadOnlySpan<byte> ends, int endBytes, int index) => endBytes == 2
        ? BinaryPrimitives.ReadUInt16LittleEndian(ends[(2 * index)..])
        : BinaryPrimitives.ReadInt32LittleEndian(ends[(4 * index)..]);
}
