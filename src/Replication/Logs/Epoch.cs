namespace IngoDB.Replication.Logs;

/// <summary>Numbers the primaries of a partition. One node leads an epoch, once: whoever starts again takes over anew.</summary>
public readonly record struct Epoch(long Value) : IComparable<Epoch>
{
    public static Epoch None => default;

    public Epoch Next => new(Value + 1);

    public int CompareTo(Epoch other) => Value.CompareTo(other.Value);

    public override string ToString() => Value.ToString(System.Globalization.CultureInfo.InvariantCulture);

    public static bool operator <(Epoch left, Epoch right) => left.Value < right.Value;

    public static bool operator <=(Epoch left, Epoch right) => left.Value <= right.Value;

    public static bool operator >(Epoch left, Epoch right) => left.Value > right.Value;

    public static bool operator >=(Epoch left, Epoch right) => left.Value >= right.Value;
}
