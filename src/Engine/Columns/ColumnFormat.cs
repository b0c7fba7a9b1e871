// The bytes of code columns, drawn once. They stand in a table between its last rows frame and its filter, each in a
// frame of its own (SstableFormat.cs); the columns section says where. Integers are little-endian.
//
//   column     = rows u32 | encoding u8 (1 dictionary, 2 numbers) | bits u8 | zero u16 | keys | codes
//   keys of a dictionary
//              = count u32 | key bytes u32 | length u16 of each key | keys, one after the other, ascending
//   keys of numbers
//              = kind u8 (1 integers, 2 decimals, 3 timestamps) | scale u8 | lowest u8 (bit 0 missing, bit 1 null)
//              | zero u8 | count u32 | first i64 | step u64
//                code 0.. stand for missing and null when their bits are set; the code n after them for
//                (first + n × step) ÷ 10^scale
//   codes      = of each row `bits` bits, the lowest first, one after the other; zero bits up to a whole byte
//
// A key is the OrderedKey of a value. Rows that are no puts have some code; the marks say which they are.
//
//   marks      = u64 of each 64 rows of the collection, the first row the lowest bit: set when the row is a delete, or
//                below a newer version of its document in this table
//
// docs/formats/columns.md tells the same story with reasons.

namespace IngoDB.Engine.Columns;

/// <summary>How codes become keys. On disk: never change the numbers.</summary>
internal enum ColumnEncoding : byte
{
    Dictionary = 1,
    Numbers = 2,
}

/// <summary>What the numbers of a column are. On disk: never change the numbers.</summary>
internal enum NumberKind : byte
{
    Integers = 1,
    Decimals = 2,
    Timestamps = 3,
}

/// <summary>Constants of code columns; see docs/formats/columns.md.</summary>
internal static class ColumnFormat
{
    public const int HeadBytes = 8;
    public const int NumberKeysBytes = 24;
    public const byte MissingBit = 1;
    public const byte NullBit = 2;

    /// <summary>A field with a longer key has no column.</summary>
    public const int KeyBytesMax = 256;

    /// <summary>Distinct values of a dictionary: its codes fit into 16 bits.</summary>
    public const int DictionaryKeysMax = 1 << 16;

    /// <summary>Beyond this, neighbouring decimals could be one double.</summary>
    public const long DecimalMax = 1L << 50;

    /// <summary>Powers of ten that a double holds exactly.</summary>
    public const int ScaleMax = 22;
}
