// A slope that one bad point cannot bend: Theil–Sen, the median of the slopes of all pairs of points at different sizes, on
// logarithms. Its confidence comes from the bootstrap: points are drawn again with replacement, a thousand times from a fixed
// seed, and the middle 95 % of the slopes are the interval. A law holds when the whole interval is at or below its bound.
namespace IngoDB.GrowthBench;

/// <summary>How one operation grew.</summary>
/// <param name="Slope">NaN: no two sizes can be compared, and <see cref="Ratio"/> alone counts.</param>
internal sealed record GrowthFinding(GrowthLaw Law, IReadOnlyList<GrowthPoint> Points, double Slope, double Lower, double Upper)
{
    private const int Resamples = 1000;

    public bool Holds => !(Upper > Law.SlopeMax) && !(Ratio > Law.RatioMax);

    /// <summary>Undecided: the bound lies inside the interval, and more repetitions on a quieter machine would tell.</summary>
    public string Verdict => Holds ? "holds" : Lower > Law.SlopeMax || Ratio > Law.RatioMax ? "EXCEEDS" : "undecided";

    /// <summary>How many times dearer at the largest size than at the smallest, by their medians.</summary>
    public double Ratio => Medians[^1] / Medians[0];

    /// <summary>Seconds, from the smallest size to the largest.</summary>
    public IReadOnlyList<double> Medians { get; } = [.. Points.GroupBy(point => point.Documents).OrderBy(size => size.Key).Select(size => size.Select(point => point.Seconds).Order().ElementAt(size.Count() / 2))];

    public static GrowthFinding Of(GrowthLaw law, IReadOnlyList<GrowthPoint> points)
    {
        var random = new Random(5);
        var slopes = new double[Resamples];
        var sample = new GrowthPoint[points.Count];
        for (var i = 0; i < Resamples; i++)
        {
            for (var j = 0; j < sample.Length; j++) sample[j] = points[random.Next(points.Count)];
            slopes[i] = SlopeOf(law, sample);
        }

        // A draw without two sizes to compare says nothing.
        slopes = [.. slopes.Where(slope => !double.IsNaN(slope)).Order()];
        return slopes.Length == 0
            ? new(law, points, double.NaN, double.NaN, double.NaN)
            : new(law, points, SlopeOf(law, points), slopes[slopes.Length * 25 / 1000], slopes[slopes.Length * 975 / 1000]);
    }

    private static double SlopeOf(GrowthLaw law, IReadOnlyList<GrowthPoint> points)
    {
        var slopes = new List<double>();
        for (var i = 0; i < points.Count; i++)
            for (var j = 0; j < points.Count; j++)
                if (points[i].Documents < points[j].Documents && (law.RatioMax is null || CacheSteps.AreComparable(points[i].Documents, points[j].Documents)))
                    slopes.Add((Math.Log(points[j].Seconds) - Math.Log(points[i].Seconds)) / (Math.Log(points[j].Documents) - Math.Log(points[i].Documents)));
        slopes.Sort();
        return slopes.Count == 0 ? double.NaN : slopes[slopes.Count / 2];
    }
}
