// Finding a key in a block that is kept in memory. Binary search touches eight keys far apart, each a miss of the cache;
// one byte for each key, all beside each other, is two or three lines, compared 64 at a time. Of 140 keys one in two
// searches meets a second key with the same tag, and compares that too.
//
//   tags   3f 81 c0 3f 12 ...      one byte a key, made when the block is decoded to stay; not on disk
//                  ▲── equal: then the suffix itself, then the version
//
// A tag is made of the first and last eight bytes of the suffix: of a uuid that is all of it. Long string keys that
// differ only in the middle share a tag and are compared one by one.

using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using IngoDB.Model;

namespace IngoDB.Engine.Sstables;

/// <summary>One byte of hash for each key of a block.</summary>
internal static class RowBlockTags
{
    private const ulong Mixer = 0x9E37_79B9_7F4A_7C15UL;

    public static byte Of(ReadOnlySpan<byte> suffix)
    {
        ref var first = ref MemoryMarshal.GetReference(suffix);
        ulong low = 0, high = 0;
        if (suffix.Length >= 8)
        {
            low = Unsafe.ReadUnaligned<ulong>(ref first);
            high = Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref first, suffix.Length - 8));
        }
        else
        {
            foreach (var one in suffix) low = (low << 8) | one;
        }

        return (byte)(((low ^ BitOperations.RotateLeft(high, 23)) * Mixer) >> 56);
    }

    /// <summary>The first entry whose tag is that of the suffix; -1 when there is none.</summary>
    public static int Guess(ReadOnlySpan<byte> tags, ReadOnlySpan<byte> suffix) => tags.IndexOf(Of(suffix));

    /// <summary>The first entry with this suffix and a version ≤ <paramref name="upTo"/>; -1 when there is none.</summary>
    /// <param name="tags">Of the block's keys; <see cref="RowBlock.PaddingBytes"/> may be read behind them.</param>
    public static int Find(RowBlock block, ReadOnlySpan<byte> tags, ReadOnlySpan<byte> suffix, DocumentVersion upTo)
    {
        var wanted = Vector512.Create(Of(suffix));
        ref var first = ref MemoryMarshal.GetReference(tags);
        for (var at = 0; at < tags.Length; at += Vector512<byte>.Count)
        {
            var equal = Vector512.Equals(Vector512.LoadUnsafe(ref first, (nuint)at), wanted).ExtractMostSignificantBits();
            if (tags.Length - at < Vector512<byte>.Count) equal &= (1UL << (tags.Length - at)) - 1;
            for (; equal != 0; equal &= equal - 1)
            {
                var row = at + BitOperations.TrailingZeroCount(equal);
                if (block.KeySuffix(row).SequenceEqual(suffix) && block.VersionOf(row) <= upTo) return row;
            }
        }

        return -1;
    }
}
