// Gives each different value of a field a provisional code, in order of appearance, while rows stream by. A value of
// up to 16 bytes (all numbers, most words) stands whole in its slot of the hash table, so that a known value costs one
// probe and no comparison of bytes elsewhere; of a longer one stand two hashes, and its bytes are compared.
//
//   slot = two words of the value, or its hash and its first eight bytes | tag and length | code + 1, 0 when empty
//
// Values that are equal in the total order but not in their bytes (5 and 5.0) get two codes here; when the column is
// finished their keys turn out the same.

using System.Buffers;
using System.Buffers.Binary;
using System.IO.Hashing;
using System.Numerics;
using System.Runtime.CompilerServices;
using IngoDB.Model;

namespace IngoDB.Engine.Columns;

/// <summary>Distinct values of a field with their codes 0, 1, 2 ... One thread.</summary>
internal sealed class ValueCodes
{
    private const int InlineBytesMax = 16;
    private const int FirstSlots = 32;

    private readonly ArrayBufferWriter<byte> _bytes = new(256);
    private Place[] _places = new Place[FirstSlots / 2];
    private Slot[] _slots = new Slot[FirstSlots];

    /// <summary>The value of the row before: often the same again.</summary>
    private Slot _latest = new() { Meta = uint.MaxValue };
    private int _shift = 64 - BitOperations.Log2(FirstSlots);

    public int Count { get; private set; }

    /// <summary>Bytes of all values, about those of their keys.</summary>
    public int ValueBytes => _bytes.WrittenCount;

    /// <summary>The value of a code.</summary>
    public EncodedValue this[int code] => new(_places[code].Tag, _bytes.WrittenSpan.Slice(_places[code].Start, _places[code].Length));

    /// <summary>The value's code; a new one when <see cref="Count"/> grew.</summary>
    public int CodeOf(EncodedValue value)
    {
        var payload = value.Payload;
        var (low, high) = payload.Length <= InlineBytesMax ? Words(payload) : (XxHash3.HashToUInt64(payload), BinaryPrimitives.ReadUInt64LittleEndian(payload));
        var meta = value.Tag | ((uint)payload.Length << 8);
        if (low == _latest.Low && high == _latest.High && meta == _latest.Meta && payload.Length <= InlineBytesMax) return _latest.CodePlus1 - 1;
        var hash = Mix(low, high, meta);
        var slots = _slots;
        for (var at = (int)(hash >> _shift); ; at = (at + 1) & (slots.Length - 1))
        {
            ref var slot = ref slots[at];
            if (slot.CodePlus1 == 0) return Add(ref slot, low, high, meta, payload);
            if (slot.Low == low && slot.High == high && slot.Meta == meta && (payload.Length <= InlineBytesMax || this[slot.CodePlus1 - 1].Payload.SequenceEqual(payload)))
            {
                _latest = slot;
                return slot.CodePlus1 - 1;
            }
        }
    }

    private int Add(ref Slot slot, ulong low, ulong high, uint meta, ReadOnlySpan<byte> payload)
    {
        slot = new() { Low = low, High = high, Meta = meta, CodePlus1 = Count + 1 };
        if (Count == _places.Length) Array.Resize(ref _places, Count * 2);
        _places[Count] = new(_bytes.WrittenCount, payload.Length, (byte)meta);
        _bytes.Write(payload);
        if (++Count * 2 > _slots.Length) Grow();
        return Count - 1;
    }

    private void Grow()
    {
        var larger = new Slot[_slots.Length * 2];
        _shift--;
        foreach (var slot in _slots)
        {
            if (slot.CodePlus1 == 0) continue;
            var at = (int)(Mix(slot.Low, slot.High, slot.Meta) >> _shift);
            while (larger[at].CodePlus1 != 0) at = (at + 1) & (larger.Length - 1);
            larger[at] = slot;
        }

        _slots = larger;
    }

    // Together with the length the two words are the value: they overlap when it is shorter than both.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (ulong Low, ulong High) Words(ReadOnlySpan<byte> bytes) => bytes.Length switch
    {
        0 => (0, 0),
        1 => (bytes[0], 0),
        8 => (BinaryPrimitives.ReadUInt64LittleEndian(bytes), 0),
        > 8 => (BinaryPrimitives.ReadUInt64LittleEndian(bytes), BinaryPrimitives.ReadUInt64LittleEndian(bytes[^8..])),
        >= 4 => (BinaryPrimitives.ReadUInt32LittleEndian(bytes), BinaryPrimitives.ReadUInt32LittleEndian(bytes[^4..])),
        _ => (BinaryPrimitives.ReadUInt16LittleEndian(bytes), bytes[^1]),
    };

    private static ulong Mix(ulong low, ulong high, uint meta)
    {
        var mixed = (low * 0x9E37_79B9_7F4A_7C15UL) + BitOperations.RotateLeft(high * 0xC2B2_AE3D_27D4_EB4FUL, 31) + meta;
        return (mixed ^ (mixed >> 32)) * 0x9FB2_1C65_1E98_DF25UL;
    }

    private readonly record struct Place(int Start, int Length, byte Tag);

    private struct Slot
    {
        public ulong Low;
        public ulong High;
        public uint Meta;
        public int CodePlus1;
    }
}
