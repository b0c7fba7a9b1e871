// Keys whose memcmp order is the total order of values. Indexes sort by them, coordinators merge by them.
//
//   Missing  08                           Bytes      30 | escaped | 00 01
//   Null     10                           Uuid       38 | 16 bytes
//   Bool     18 | 00 or 01                Timestamp  40 | 8 bytes, big-endian, sign flipped
//   Number   20 | 8 bytes | remainder     Array      48 | keys of the elements | 00
//   String   28 | escaped | 00 01         Document   50 | (01 | escaped name | 00 01 | key)* in name order | 00
//
//   escaped    a byte 00 becomes 00 FF, so that the end 00 01 is below every continuation
//   8 bytes    the largest double that is not above the number: its bits, sign flipped when positive, all flipped
//              when negative, big-endian; -0.0 as 0.0; NaN is all zero, below -infinity
//   remainder  what is left above that double, exactly; 00 when nothing is. Otherwise with
//                T = number × 10^28 - floor(double × 10^28)      whole = T ÷ 10^28      rest = T mod 10^28
//              1 + length u8 | whole, big-endian, shortest | length u8 | rest, big-endian, shortest
//              Every 64-bit integer and every decimal is a whole number of 10^-28, so T is a positive integer, the
//              same for equal numbers of any type; shortest big-endian with its length first orders by value.
//
// No key is a prefix of another, so keys can be put one after the other (compound indexes, sort keys, ids).
// Descending is the bitwise complement. Tags stay below 80, so the first byte tells the direction. A sort key that
// places nulls itself begins with one byte more, for null and missing only: 00 (first) or FF (last).

namespace IngoDB.Model;

/// <summary>The constants of ordered keys; see docs/formats/ordered-key.md.</summary>
internal static class OrderedKeyFormat
{
    public const byte MissingTag = 0x08;
    public const byte NullTag = 0x10;
    public const byte BoolTag = 0x18;
    public const byte NumberTag = 0x20;
    public const byte StringTag = 0x28;
    public const byte BytesTag = 0x30;
    public const byte UuidTag = 0x38;
    public const byte TimestampTag = 0x40;
    public const byte ArrayTag = 0x48;
    public const byte DocumentTag = 0x50;

    /// <summary>Ends an array or a document.</summary>
    public const byte End = 0x00;

    /// <summary>Stands before each field of a document.</summary>
    public const byte FieldMark = 0x01;

    public const byte Escape = 0x00;
    public const byte EscapedZero = 0xFF;
    public const byte EscapedEnd = 0x01;

    public const byte NullsFirst = 0x00;
    public const byte NullsLast = 0xFF;

    /// <summary>Set in the first byte of a descending key.</summary>
    public const byte DescendingBit = 0x80;

    /// <summary>Decimals have at most 28 digits after the point.</summary>
    public const int RemainderDigits = 28;
}
