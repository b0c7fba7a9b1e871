// A slope that one bad point cannot bend: Theil–Sen, the median of the slopes of all pairs of points at different sizes, on
// logarithms. Its confidence comes from the bootstrap: points are drawn again with replacement, a thousand times from a fixed
// seed, and the middle 95 % of the slopes are the interval. A law holds when the whole interval is at or below its bound.
namespace IngoDB.GrowthBench;

/// <summary>How one operation grew.</summary>
internal sealed record GrowthFinding(GrowthLaw Law, IReadOnlyList<GrowthPoint> Points, double Slope, double Lower, double Upper)
{
    private const int Resamples = 1000;

    public bool Holds => Upper <= Law.SlopeMax;

    /// <summary>Undecided: the bound lies inside the interval, and more repetitions on a quieter machine would tell.</summary>
    public string Verdict => Holds ? "holds" : Lower > Law.SlopeMax ? "EXCEEDS" : "undecided";

    public static GrowthFinding Of(GrowthLaw law, IReadOnlyList<GrowthPoint> points)
    {
        var random = new Random(5);
        var slopes = new double[Resamples];
        var sample = new GrowthPoint[points.Count];
        for (var i = 0; i < Resamples; i++)
        {
            for (var j = 0; j < sample.Length; j++) sample[j] = points[random.Next(points.Count)];
            slopes[i] = SlopeOf(sample);
        }

        Array.Sort(slopes);
        return new(law, points, SlopeOf(points), slopes[Resamples * 25 / 1000], slopes[Resamples * 975 / 1000]);
    }

    private static double SlopeOf(IReadOnlyList<GrowthPoint> points)
    {
        var slopes = new List<double>();
        for (var i = 0; i < points.Count; i++)
            for (var j = i + 1; j < points.Count; j++)
                if (points[i].Documents != points[j].Documents)
                    slopes.Add((Math.Log(points[j].Seconds) - Math.Log(points[i].Seconds)) / (Math.Log(points[j].Documents) - Math.Log(points[i].Documents)));
        slopes.Sort();
        return slopes.Count == 0 ? 0 : slopes[slopes.Count / 2];
    }
}
