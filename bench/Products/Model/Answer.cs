// An answer as two numbers. The checksum is a sum over rows, so that it does not depend on the order of rows with equal sort
// keys, which a query without a tie-break leaves to the engine; the order of the keys is checked while they are read.
namespace IngoDB.ProductBench;

/// <summary>How many rows, and what they add up to.</summary>
internal readonly record struct Answer(long Rows, ulong Checksum)
{
    public bool Same(Answer other) => Rows == other.Rows && Checksum == other.Checksum;

    public override string ToString() => $"{Rows} rows, checksum {Checksum:x16}";
}

/// <summary>Adds rows up, and refuses an order that is none.</summary>
internal struct AnswerSum
{
    private long _rows;
    private ulong _sum;
    private double _latest;
    private bool _any;

    public readonly Answer Total => new(_rows, _sum);

    /// <summary>A whole document of which two fields were read.</summary>
    public void Add(long slot, ProductFacts facts) => Add(Mix((ulong)slot) ^ Mix(((ulong)(uint)facts.PriceCents << 32) | (uint)facts.Stock));

    /// <summary>A row of which only the sort key is determined.</summary>
    public void Add(int key) => Add(Mix((ulong)key));

    /// <summary>A group with a count and a mean, which engines round differently far behind the point.</summary>
    public void Add(string group, long count, double mean) => Add(Mix((ulong)group.Length + ((ulong)group[0] << 8) + ((ulong)group[^1] << 16)) ^ Mix((ulong)count) ^ Mix((ulong)Math.Round(mean * 1e6)));

    public void Ascends(double key)
    {
        if (_any && key < _latest) throw new WrongAnswerException($"row {_rows} has the key {key} after {_latest}");
        (_latest, _any) = (key, true);
    }

    public void Descends(double key) => Ascends(-key);

    private void Add(ulong row)
    {
        _rows++;
        _sum += row;
    }

    private static ulong Mix(ulong x)
    {
        x = (x ^ (x >> 32)) * 0x9E37_79B9_7F4A_7C15UL;
        return x ^ (x >> 29);
    }
}

/// <summary>An engine answered, and not what is true.</summary>
internal sealed class WrongAnswerException(string message) : Exception(message);
