namespace IngoDB.Replication.Logs;

/// <summary>The number of an entry in a partition's log: 1, 2, 3, ... A position is (epoch, lsn).</summary>
public readonly record struct Lsn(long Value) : IComparable<Lsn>
{
    /// <summary>Before the first entry.</summary>
    public static Lsn None => default;

    public Lsn Next => new(Value + 1);

    public Lsn Previous => new(Value - 1);

    public static Lsn Min(Lsn left, Lsn right) => left.Value <= right.Value ? left : right;

    public static Lsn Max(Lsn left, Lsn right) => left.Value >= right.Value ? left : right;

    public int CompareTo(Lsn other) => Value.CompareTo(other.Value);

    public override string ToString() => Value.ToString(System.Globalization.CultureInfo.InvariantCulture);

    public static Lsn operator +(Lsn lsn, long count) => new(lsn.Value + count);

    public static long operator -(Lsn left, Lsn right) => left.Value - right.Value;

    public static bool operator <(Lsn left, Lsn right) => left.Value < right.Value;

    public static bool operator <=(Lsn left, Lsn right) => left.Value <= right.Value;

    public static bool operator >(Lsn left, Lsn right) => left.Value > right.Value;

    public static bool operator >=(Lsn left, Lsn right) => left.Value >= right.Value;
}
