// What one index file has: an entry for each row, or only for keys in a hot stretch; and beside each entry what a covering index
// carries. The file says it itself, in front of its fences, since the hot stretch moves: files of one index that were written
// at different times may have different ones, and each is used exactly where all that is asked for lies inside its own.
//
//   contents = flags u8: 1 carries, 2 partial | when partial: range count u32, ranges
//   range    = flags u8: 1 low inclusive, 2 has a high end, 4 high inclusive | low bytes u32, low | high bytes u32, high

using System.Runtime.CompilerServices;
using IngoDB.Engine.Sstables;

namespace IngoDB.Engine.Indexing;

/// <summary>What a file of an index has. Immutable.</summary>
/// <param name="Carries">Each entry carries a row (CarriedRow).</param>
/// <param name="Ranges">Keys that it has entries for, disjoint and ascending; null: all.</param>
internal sealed record IndexContents(bool Carries, KeyRange[]? Ranges)
{
    private const byte CarriesFlag = 1, PartialFlag = 2, LowInclusive = 1, HasHigh = 2, HighInclusive = 4;

    /// <summary>Of indexes that are neither covering nor partial: nothing is written about it.</summary>
    public static IndexContents Whole { get; } = new(false, null);

    public bool IsWhole => !Carries && Ranges is null;

    /// <summary>Whether all keys of these ranges are among those that it has entries for.</summary>
    public bool Has(IReadOnlyList<KeyRange> asked)
    {
        if (Ranges is null) return true;
        foreach (var range in asked)
            if (!range.IsEmpty && !Array.Exists(Ranges, mine => mine.Contains(range))) return false;
        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Has(ReadOnlySpan<byte> key) => Ranges is null || IsInside(key, Ranges);

    private static bool IsInside(ReadOnlySpan<byte> key, KeyRange[] ranges)
    {
        foreach (var range in ranges)
            if (range.Contains(key)) return true;
        return false;
    }

    public void WriteTo(SectionWriter writer)
    {
        writer.WriteByte((byte)((Carries ? CarriesFlag : 0) | (Ranges is null ? 0 : PartialFlag)));
        if (Ranges is null) return;
        writer.WriteCount(Ranges.Length);
        foreach (var range in Ranges)
        {
            writer.WriteByte((byte)((range.LowInclusive ? LowInclusive : 0) | (range.High is null ? 0 : HasHigh) | (range.HighInclusive ? HighInclusive : 0)));
            Write(writer, range.Low.Span);
            if (range.High is { } high) Write(writer, high.Span);
        }
    }

    /// <exception cref="Model.CorruptionException">Not what <see cref="WriteTo"/> wrote.</exception>
    public static IndexContents Read(ref SectionReader reader)
    {
        var flags = reader.ReadByte();
        if (flags > (CarriesFlag | PartialFlag)) throw reader.Damaged($"contents with flags {flags}");
        if ((flags & PartialFlag) == 0) return new((flags & CarriesFlag) != 0, null);
        var ranges = new KeyRange[reader.ReadCount(5)];
        for (var i = 0; i < ranges.Length; i++)
        {
            var how = reader.ReadByte();
            var low = reader.Read(reader.ReadCount(1)).ToArray();
            var high = (how & HasHigh) == 0 ? default(ReadOnlyMemory<byte>?) : reader.Read(reader.ReadCount(1)).ToArray();
            ranges[i] = new(low, (how & LowInclusive) != 0, high, (how & HighInclusive) != 0);
        }

        return new((flags & CarriesFlag) != 0, ranges);
    }

    private static void Write(SectionWriter writer, ReadOnlySpan<byte> key)
    {
        writer.WriteCount(key.Length);
        writer.Write(key);
    }
}
