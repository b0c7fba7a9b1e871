// low ≤ code ≤ high for 64 rows at a time. Codes are unsigned and in the order of their values (Columns), so a range of
// values is a range of codes, and one subtraction makes its two comparisons one:
//
//   codes   12  7 900 41 …          code - low  ≤  high - low          unsigned: what lies below low wraps far above
//   mask     1  0   0  1 …
//
// Four ways of the same: one row at a time, and 16, 32 or 64 bytes of codes at a time. Which one runs is an argument, so
// that tests hold all four against each other on one machine; outside of tests it is the widest that the machine has.

using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace IngoDB.Engine.Scanning;

/// <summary>How many bits of codes are compared at once.</summary>
internal enum VectorWidth
{
    Scalar,
    Bits128,
    Bits256,
    Bits512,
}

/// <summary>Range predicates over codes of one, two or four bytes.</summary>
internal static class RangeKernel
{
    /// <summary>The widest that this machine does in hardware.</summary>
    public static VectorWidth Widest { get; } = Vector512.IsHardwareAccelerated ? VectorWidth.Bits512
        : Vector256.IsHardwareAccelerated ? VectorWidth.Bits256
        : Vector128.IsHardwareAccelerated ? VectorWidth.Bits128 : VectorWidth.Scalar;

    /// <summary>Adds the rows whose code lies in the range to a mask.</summary>
    /// <param name="mask">As many words as the codes need.</param>
    public static void AddBetween<TCode>(ReadOnlySpan<TCode> codes, TCode low, TCode high, Span<ulong> mask, VectorWidth width)
        where TCode : unmanaged, IBinaryInteger<TCode>, IUnsignedNumber<TCode>
    {
        var full = codes.Length / RowMask.RowsPerWord;
        ref var first = ref MemoryMarshal.GetReference(codes);
        var span = unchecked(high - low);
        switch (width)
        {
            case VectorWidth.Bits512: Between512(ref first, low, span, mask[..full]); break;
            case VectorWidth.Bits256: Between256(ref first, low, span, mask[..full]); break;
            case VectorWidth.Bits128: Between128(ref first, low, span, mask[..full]); break;
            default:
                for (var i = 0; i < full; i++) mask[i] |= OneByOne(codes.Slice(i * RowMask.RowsPerWord, RowMask.RowsPerWord), low, span);
                break;
        }

        if (full < mask.Length) mask[full] |= OneByOne(codes[(full * RowMask.RowsPerWord)..], low, span);
    }

    private static ulong OneByOne<TCode>(ReadOnlySpan<TCode> codes, TCode low, TCode span)
        where TCode : unmanaged, IBinaryInteger<TCode>, IUnsignedNumber<TCode>
    {
        var word = 0UL;
        for (var i = 0; i < codes.Length; i++)
            if (unchecked(codes[i] - low) <= span) word |= 1UL << i;
        return word;
    }

    private static void Between512<TCode>(ref TCode first, TCode low, TCode span, Span<ulong> mask)
        where TCode : unmanaged
    {
        var (lows, spans) = (Vector512.Create(low), Vector512.Create(span));
        for (var i = 0; i < mask.Length; i++)
        {
            ref var codes = ref Unsafe.Add(ref first, i * RowMask.RowsPerWord);
            var word = 0UL;
            for (var at = 0; at < RowMask.RowsPerWord; at += Vector512<TCode>.Count)
                word |= Vector512.LessThanOrEqual(Vector512.LoadUnsafe(ref codes, (nuint)at) - lows, spans).ExtractMostSignificantBits() << at;
            mask[i] |= word;
        }
    }

    private static void Between256<TCode>(ref TCode first, TCode low, TCode span, Span<ulong> mask)
        where TCode : unmanaged
    {
        var (lows, spans) = (Vector256.Create(low), Vector256.Create(span));
        for (var i = 0; i < mask.Length; i++)
        {
            ref var codes = ref Unsafe.Add(ref first, i * RowMask.RowsPerWord);
            var word = 0UL;
            for (var at = 0; at < RowMask.RowsPerWord; at += Vector256<TCode>.Count)
                word |= (ulong)Vector256.LessThanOrEqual(Vector256.LoadUnsafe(ref codes, (nuint)at) - lows, spans).ExtractMostSignificantBits() << at;
            mask[i] |= word;
        }
    }

    private static void Between128<TCode>(ref TCode first, TCode low, TCode span, Span<ulong> mask)
        where TCode : unmanaged
    {
        var (lows, spans) = (Vector128.Create(low), Vector128.Create(span));
        for (var i = 0; i < mask.Length; i++)
        {
            ref var codes = ref Unsafe.Add(ref first, i * RowMask.RowsPerWord);
            var word = 0UL;
            for (var at = 0; at < RowMask.RowsPerWord; at += Vector128<TCode>.Count)
                word |= (ulong)Vector128.LessThanOrEqual(Vector128.LoadUnsafe(ref codes, (nuint)at) - lows, spans).ExtractMostSignificantBits() << at;
            mask[i] |= word;
        }
    }
}
