// Codes on disk take as many bits as they need: a thousand prices ten, ten categories four. The lowest bits come first,
// one code after the other, without regard to byte borders:
//
//   bits 3, codes 5 1 6      byte 0: 10 001 101    byte 1: .......1
//
// Reading takes the eight bytes in which a code begins, shifts and masks: at most 7 + 32 bits, so they always suffice.
// Eight codes of b bits are b whole bytes, so where the processor can deposit bits (PDEP) a register of codes is
// unpacked at once: eight bytes, four u16 or two u32.

using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace IngoDB.Engine.Columns;

/// <summary>Reads packed codes.</summary>
internal static class BitPacking
{
    public const int BitsMax = 32;

    /// <summary>Bits that codes below <paramref name="count"/> need.</summary>
    public static int BitsFor(uint count) => count <= 1 ? 0 : 32 - BitOperations.LeadingZeroCount(count - 1);

    public static long BytesFor(long codes, int bits) => ((codes * bits) + 7) / 8;

    /// <summary>Unpacks as many codes as the target has room for.</summary>
    public static void Unpack<TCode>(ReadOnlySpan<byte> packed, int bits, Span<TCode> target, bool deposit = true)
        where TCode : unmanaged, IBinaryInteger<TCode>
    {
        var perWord = 8 / Unsafe.SizeOf<TCode>();
        var done = deposit && Bmi2.X64.IsSupported && !ReachesBeyondAWord(perWord, bits) ? Deposit(packed, bits, target, perWord) : 0;
        Shift(packed[(int)((long)done * bits / 8)..], bits, target[done..]);
    }

    // Two codes of 31 bits may begin at bit 6 of a byte.
    private static bool ReachesBeyondAWord(int perWord, int bits) => perWord == 2 && bits == 31;

    private static int Deposit<TCode>(ReadOnlySpan<byte> packed, int bits, Span<TCode> target, int perWord)
        where TCode : unmanaged
    {
        var mask = 0UL;
        for (var i = 0; i < perWord; i++) mask |= ((1UL << bits) - 1) << (64 / perWord * i);
        var words = MemoryMarshal.Cast<TCode, ulong>(target);
        var eights = (int)Math.Min(words.Length * perWord / 8, Math.Max(0, (packed.Length - 16) / bits));
        ref var source = ref MemoryMarshal.GetReference(packed);
        ref var word = ref MemoryMarshal.GetReference(words);
        for (var eight = 0; eight < eights; eight++)
        {
            for (var bit = 0; bit < 8 * bits; bit += perWord * bits)
            {
                word = Bmi2.X64.ParallelBitDeposit(Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref source, bit >> 3)) >> (bit & 7), mask);
                word = ref Unsafe.Add(ref word, 1);
            }

            source = ref Unsafe.Add(ref source, bits);
        }

        return eights * 8;
    }

    private static void Shift<TCode>(ReadOnlySpan<byte> packed, int bits, Span<TCode> target)
        where TCode : unmanaged, IBinaryInteger<TCode>
    {
        var mask = (1UL << bits) - 1;
        var quick = (int)Math.Clamp((packed.Length - 8L) * 8 / bits, 0, target.Length);
        ref var source = ref MemoryMarshal.GetReference(packed);
        long bit = 0;
        for (var i = 0; i < quick; i++, bit += bits)
            target[i] = TCode.CreateTruncating((Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref source, (nint)(bit >> 3))) >> (int)(bit & 7)) & mask);
        Span<byte> last = stackalloc byte[16];
        for (var i = quick; i < target.Length; i++, bit += bits)
        {
            last.Clear();
            var rest = packed[(int)(bit >> 3)..];
            rest[..Math.Min(rest.Length, 8)].CopyTo(last);
            target[i] = TCode.CreateTruncating((BinaryPrimitives.ReadUInt64LittleEndian(last) >> (int)(bit & 7)) & mask);
        }
    }
}

/// <summary>Packs codes one after the other into a target of <see cref="BitPacking.BytesFor"/> bytes.</summary>
internal ref struct BitPacker(Span<byte> target, int bits)
{
    private Span<byte> _rest = target;
    private ulong _open;
    private int _used;

    public void Add(ReadOnlySpan<uint> codes)
    {
        var (open, used) = (_open, _used);
        var written = 0;
        foreach (var code in codes)
        {
            open |= (ulong)code << used;
            used += bits;
            if (used < 32) continue;
            BinaryPrimitives.WriteUInt32LittleEndian(_rest[written..], (uint)open);
            written += 4;
            open >>= 32;
            used -= 32;
        }

        _rest = _rest[written..];
        (_open, _used) = (open, used);
    }

    /// <summary>Writes what does not fill a word.</summary>
    public void Finish()
    {
        for (; _used > 0; _used -= 8)
        {
            _rest[0] = (byte)_open;
            _rest = _rest[1..];
            _open >>= 8;
        }
    }
}
