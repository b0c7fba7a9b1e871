// The bytes of a document, the same in the log, the tables and on the wire. A row carries no field names: those
// are its Shape, kept once beside many rows. Any field is reached by two loads (its end and the end before it).
//
//   row       = sequence of the fields' values, in the order of the shape
//   sequence  = width u8 | tags n × u8 | ends n × width | payload
//                 width 1, 2 or 4: bytes of an end offset      tags: ValueKind, see below      ends: little-endian,
//                 offset in payload after value i, so value i is payload[ends[i-1] .. ends[i])
//   values    Null, Bool            no payload; Bool is tag 2 (false) or 0x42 (true)
//             Int64, UInt64         little-endian in the fewest of 0, 1, 2, 4, 8 bytes (sign- or zero-extended; 0 bytes is 0)
//             Double                8 bytes little-endian        Decimal    16 bytes, decimal.GetBits order, little-endian
//             String                UTF-8                        Bytes      as they are
//             Uuid                  16 bytes big-endian          Timestamp  8 bytes, UTC ticks, little-endian
//             Array                 count varint | sequence
//             Document              count varint | count × (name length varint | name UTF-8) | sequence
//
// A row of Shape.SelfDescribed (used when a database has too many different shapes to intern) is the payload of a
// Document value: its names stand in the row.

namespace IngoDB.Model;

/// <summary>The constants of the row format; see docs/formats/row.md.</summary>
public static class RowFormat
{
    public const byte Version = 1;

    /// <summary>Set in the tag of a true Bool.</summary>
    public const byte TrueBit = 0x40;

    public const int NestingMax = 64;
    public const int FieldsMax = 10_000;
    public const int FieldNameBytesMax = 1024;
    public const int DocumentBytesMax = 16 * 1024 * 1024;
}
