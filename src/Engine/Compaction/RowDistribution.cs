// Where the rows of a partition lie among its keys. Cassandra's strategy measures a table's share of the token
// ring; our keys begin with time-ordered ids, which are not uniform at all, so the share is measured in rows: each
// table's quantile keys are points that carry its rows, and the sum over all tables is the distribution.
//
//   rows     ▁▁▂▇▇▇▇▇▇▂▁▁      a table over [m..p] holds few keys but most of the rows: its share is large,
//   keys     a····m····p····z  and half of [a..z] by rows ends near n, not in the middle of the alphabet
//
// The error is at most one quantile step per table, which moves a level or a boundary by a hair; nothing that is
// decided from it can change what a reader sees.

using IngoDB.Engine.Sstables;

namespace IngoDB.Engine.Compaction;

/// <summary>The cumulative distribution of rows over keys, from the tables' quantiles.</summary>
internal sealed class RowDistribution
{
    /// <summary>Keeps densities finite.</summary>
    public const double ShareMin = 1e-12;

    private readonly ReadOnlyMemory<byte>[] _keys;
    private readonly double[] _rowsUpTo;

    private RowDistribution(ReadOnlyMemory<byte>[] keys, double[] rows)
    {
        Array.Sort(keys, rows, KeyOrder.Instance);
        for (var i = 1; i < rows.Length; i++) rows[i] += rows[i - 1];
        _keys = keys;
        _rowsUpTo = rows;
    }

    public double TotalRows => _rowsUpTo.Length == 0 ? 0 : _rowsUpTo[^1];

    public static RowDistribution Of(IReadOnlyCollection<TableInfo> tables)
    {
        var keys = new List<ReadOnlyMemory<byte>>();
        var rows = new List<double>();
        foreach (var table in tables)
        {
            if (table.Quantiles.Length < 2)
            {
                Add(table.FirstKey, table.EntryCount / 2.0);
                Add(table.LastKey, table.EntryCount / 2.0);
                continue;
            }

            // The rows of an interval go half to each of its ends.
            var step = table.EntryCount / (double)(table.Quantiles.Length - 1);
            for (var i = 0; i < table.Quantiles.Length; i++)
                Add(table.Quantiles[i], i == 0 || i == table.Quantiles.Length - 1 ? step / 2 : step);
        }

        return new([.. keys], [.. rows]);

        void Add(ReadOnlyMemory<byte> key, double weight)
        {
            keys.Add(key);
            rows.Add(weight);
        }
    }

    /// <summary>The fraction of all rows in a table's key range; never less than its own rows.</summary>
    public double ShareOf(TableInfo table)
        => TotalRows == 0 ? 1 : Math.Clamp(Math.Max(Share(table.FirstKey.Span, table.LastKey.Span), table.EntryCount / TotalRows), ShareMin, 1);

    /// <summary>The fraction of all rows with keys in [first, last].</summary>
    public double Share(ReadOnlySpan<byte> first, ReadOnlySpan<byte> last)
        => TotalRows == 0 ? 1 : (RowsBelow(UpperBound(last)) - RowsBelow(LowerBound(first))) / TotalRows;

    /// <summary>The fraction of all rows with smaller keys.</summary>
    public double RankOf(ReadOnlySpan<byte> key) => TotalRows == 0 ? 0 : RowsBelow(LowerBound(key)) / TotalRows;

    /// <summary>The key below which a fraction (0..1) of the rows lies. There must be rows.</summary>
    public ReadOnlyMemory<byte> KeyAt(double fraction)
    {
        var index = Array.BinarySearch(_rowsUpTo, fraction * TotalRows);
        return _keys[Math.Min(index < 0 ? ~index : index, _keys.Length - 1)];
    }

    private double RowsBelow(int index) => index == 0 ? 0 : _rowsUpTo[index - 1];

    private int LowerBound(ReadOnlySpan<byte> key) => Bound(key, equalCounts: false);

    private int UpperBound(ReadOnlySpan<byte> key) => Bound(key, equalCounts: true);

    /// <summary>How many points lie below the key (and at it, when they count).</summary>
    private int Bound(ReadOnlySpan<byte> key, bool equalCounts)
    {
        int low = 0, high = _keys.Length;
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            var order = _keys[middle].Span.SequenceCompareTo(key);
            if (order < 0 || (order == 0 && equalCounts)) low = middle + 1;
            else high = middle;
        }

        return low;
    }
}

/// <summary>memcmp.</summary>
internal sealed class KeyOrder : IComparer<ReadOnlyMemory<byte>>
{
    public static KeyOrder Instance { get; } = new();

    public int Compare(ReadOnlyMemory<byte> x, ReadOnlyMemory<byte> y) => x.Span.SequenceCompareTo(y.Span);
}
