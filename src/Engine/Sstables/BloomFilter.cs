// "Certainly not here", for one cache miss. A classic Bloom filter touches up to seven lines of memory per key; here
// all seven bits of a key lie in one line of 64 bytes. The price is that lines fill unevenly, so a little
// more than the textbook's 0.8 % of absent keys pass at 10 bits per key (a test measures the rate).
//
//   hash ─┬─ high bits ──► line            line: 512 bits
//         └─ remixed: 7 × 9 bits ──► seven bits of the line
//
// The size comes from the number of distinct keys, which is known only when the last row is written, so the builder
// keeps the hashes (8 bytes a key) until then. (The original sized its filter for half of its keys: 13.6 % passed.)

using System.Numerics;
using System.Runtime.InteropServices;
using IngoDB.Engine.Entries;
using IngoDB.Model;

namespace IngoDB.Engine.Sstables;

/// <summary>The filter of one table, in memory.</summary>
internal sealed class BloomFilter
{
    public const int LineBytes = 64;
    private const int WordsPerLine = LineBytes / 8;
    private const int BitsPerKey = 7;
    private const int LineBitsMask = LineBytes * 8 - 1;

    // Pinned, and longer by a line, so that lines begin where the cache's lines begin.
    private readonly ulong[] _words;
    private readonly int _first;
    private readonly int _wordCount;

    /// <param name="bytes">The payload of a filter frame; empty: no filter, everything may be there.</param>
    /// <exception cref="CorruptionException">Not a whole number of lines.</exception>
    public BloomFilter(string file, long offset, ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length % LineBytes != 0) throw new CorruptionException(file, offset, $"a filter of {bytes.Length} bytes has no whole lines");
        _wordCount = bytes.Length / 8;
        _words = GC.AllocateUninitializedArray<ulong>(_wordCount + WordsPerLine, pinned: true);
        _first = Prefetch.ToLine(MemoryMarshal.AsBytes(_words.AsSpan())) / 8;
        var words = _words.AsSpan(_first, _wordCount);
        bytes.CopyTo(MemoryMarshal.AsBytes(words));
        if (!BitConverter.IsLittleEndian) System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(words, words);
    }

    public long Bytes => 8L * _wordCount;

    /// <summary>For who will ask for this key soon.</summary>
    public void PrefetchLine(ulong keyHash)
    {
        if (_wordCount > 0) Prefetch.Line(in _words[_first + LineOf(keyHash, _wordCount)]);
    }

    public bool MayContain(ulong keyHash)
    {
        if (_wordCount == 0) return true;
        var line = _words.AsSpan(_first + LineOf(keyHash, _wordCount), WordsPerLine);
        var bits = Remix(keyHash);
        for (var i = 0; i < BitsPerKey; i++, bits >>= 9)
            if ((line[(int)(bits & LineBitsMask) >> 6] & (1UL << (int)(bits & 63))) == 0) return false;
        return true;
    }

    /// <summary>The payload of a filter for these keys.</summary>
    public static byte[] Build(ReadOnlySpan<ulong> keyHashes, int bitsPerKey)
    {
        if (bitsPerKey == 0 || keyHashes.IsEmpty) return [];
        var lines = checked((int)Math.Min(((long)keyHashes.Length * bitsPerKey + LineBytes * 8 - 1) / (LineBytes * 8), SstableFormat.SectionBytesMax / LineBytes));
        var words = new ulong[lines * WordsPerLine];
        foreach (var hash in keyHashes)
        {
            var line = words.AsSpan(LineOf(hash, words.Length), WordsPerLine);
            var bits = Remix(hash);
            for (var i = 0; i < BitsPerKey; i++, bits >>= 9) line[(int)(bits & LineBitsMask) >> 6] |= 1UL << (int)(bits & 63);
        }

        if (!BitConverter.IsLittleEndian) System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(words, words);
        return MemoryMarshal.AsBytes(words.AsSpan()).ToArray();
    }

    // Multiplying takes the high bits of the hash as a fraction of the number of lines.
    private static int LineOf(ulong hash, int words) => (int)Math.BigMul(hash, (ulong)(words / WordsPerLine), out _) * WordsPerLine;

    // Seven times nine bits, independent of the high bits that chose the line.
    private static ulong Remix(ulong hash)
    {
        var mixed = BitOperations.RotateLeft(hash, 32) * 0x9FB2_1C65_1E98_DF25UL;
        return mixed ^ (mixed >> 32);
    }
}
