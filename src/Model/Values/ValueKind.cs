namespace IngoDB.Model;

/// <summary>
/// The twelve kinds of value, and Missing for a field that is not there. The numbers are on disk (one tag byte a
/// value): never change them. The total order ranks kinds as they stand here, the four numeric ones as one.
/// </summary>
public enum ValueKind : byte
{
    Missing = 0,
    Null = 1,
    Bool = 2,
    Int64 = 3,
    UInt64 = 4,
    Double = 5,
    Decimal = 6,
    String = 7,
    Bytes = 8,
    Uuid = 9,
    Timestamp = 10,
    Array = 11,
    Document = 12,
}
