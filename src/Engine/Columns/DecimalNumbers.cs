// Doubles that people write are decimals: 19.99 is the double nearest to 1999 ÷ 100, and IEEE division gives exactly
// that double back. So such a column is a column of integers. Whether a double is one is decided by trying.

namespace IngoDB.Engine.Columns;

/// <summary>Doubles as integers divided by a power of ten.</summary>
internal static class DecimalNumbers
{
    private static ReadOnlySpan<double> Powers =>
    [
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
    ];

    public static double Divide(long number, int scale) => number / Powers[scale];

    /// <summary>The integer whose quotient is exactly this double (-0.0 as 0.0); false when there is none below 2^50.</summary>
    public static bool TryMultiply(double value, int scale, out long number)
    {
        var product = Math.Round(value * Powers[scale]);
        number = 0;
        if (!(Math.Abs(product) <= ColumnFormat.DecimalMax)) return false;
        number = (long)product;
        return number / Powers[scale] == value;
    }

    /// <summary>The smallest scale from <paramref name="scale"/> on at which the double is an integer; -1 when there is none.</summary>
    public static int ScaleOf(double value, int scale = 0)
    {
        for (; scale <= ColumnFormat.ScaleMax; scale++)
            if (TryMultiply(value, scale, out _)) return scale;
        return -1;
    }
}
