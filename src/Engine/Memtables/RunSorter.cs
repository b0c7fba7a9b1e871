// Sorts references by (key ascending, version descending) without comparing keys pairwise for most of the way:
// a key is read as digits of 8 bytes. What all keys share is skipped, the next digit of each is put into an array
// of integers, integers are sorted (the runtime's fastest sort), and only keys with equal digits go one digit deeper.
//
//   keys    c1 09 0190a4f2 77c0...       shared 6 bytes  |  digit 8 bytes  |  deeper only for equal digits
//
// Ids that arrive in order (UUIDv7, counters) are recognised first and cost one comparison each. Groups that are
// small, or whose keys have ended (many versions of one key), are sorted by plain comparison.

using System.Buffers.Binary;

namespace IngoDB.Engine.Memtables;

/// <summary>Sorts the references of an arena.</summary>
internal static class RunSorter
{
    private const int DigitBytes = 8;
    private const int SmallGroup = 16;

    public static void Sort(Arena arena, Span<uint> references)
    {
        if (IsSorted(arena, references)) return;
        SortDigits(arena, references, new ulong[references.Length], depth: 0);
    }

    private static bool IsSorted(Arena arena, ReadOnlySpan<uint> references)
    {
        for (var i = 1; i < references.Length; i++)
            if (arena.Compare(references[i - 1], references[i]) > 0) return false;
        return true;
    }

    private static void SortDigits(Arena arena, Span<uint> references, Span<ulong> digits, int depth)
    {
        if (references.Length <= SmallGroup)
        {
            SortByComparison(arena, references);
            return;
        }

        depth = SharedBytes(arena, references, depth, out var shortest);
        if (depth >= shortest)
        {
            references.Sort(arena.Compare);
            return;
        }

        for (var i = 0; i < references.Length; i++) digits[i] = Digit(arena.Entry(references[i]).Key[depth..]);
        digits.Sort(references);
        for (int began = 0, ended; began < references.Length; began = ended)
        {
            ended = began + 1;
            while (ended < references.Length && digits[ended] == digits[began]) ended++;
            if (ended - began > 1) SortDigits(arena, references[began..ended], digits[began..ended], depth + DigitBytes);
        }
    }

    // How many leading bytes all keys have in common, at least `from`, and the length of the shortest key.
    private static int SharedBytes(Arena arena, ReadOnlySpan<uint> references, int from, out int shortest)
    {
        var first = arena.Entry(references[0]).Key;
        var shared = shortest = first.Length;
        foreach (var reference in references[1..])
        {
            var key = arena.Entry(reference).Key;
            shortest = Math.Min(shortest, key.Length);
            if (shortest <= from) return shortest;
            shared = Math.Min(shared, from + first[from..].CommonPrefixLength(key[from..]));
        }

        return shared;
    }

    // Shorter rests are padded with zeros: equal digits of unequal keys are settled one digit deeper.
    private static ulong Digit(ReadOnlySpan<byte> rest)
    {
        if (rest.Length >= DigitBytes) return BinaryPrimitives.ReadUInt64BigEndian(rest);
        Span<byte> padded = stackalloc byte[DigitBytes];
        padded.Clear();
        rest.CopyTo(padded);
        return BinaryPrimitives.ReadUInt64BigEndian(padded);
    }

    private static void SortByComparison(Arena arena, Span<uint> references)
    {
        for (var i = 1; i < references.Length; i++)
        {
            var moving = references[i];
            var at = i;
            for (; at > 0 && arena.Compare(references[at - 1], moving) > 0; at--) references[at] = references[at - 1];
            references[at] = moving;
        }
    }
}
