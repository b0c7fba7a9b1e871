// Questions that come every morning, or every Monday, are prepared for: what an index saved, or would have saved, is noted by
// the hour, and an hour that was expensive on the last three days, or in the last two weeks, is expected to be again. Of
// several days the least counts, so one quiet Sunday ends what was thought to be daily.
//
//        D(h - 72)   D(h - 48)   D(h - 24)              expected(h) = max( min of the three days,
//   ────────┼───────────┼───────────┼───────────► h                        min of D(h - 168), D(h - 336) )
//
// What this does not do: other rhythms than days and weeks (the first of the month), and hours that move with the sun or with
// summer time.

namespace IngoDB.Engine.Advising;

/// <summary>Savings of one hour.</summary>
/// <param name="Hour">Since 1970.</param>
public sealed record HourDemand(long Hour, double Saved);

/// <summary>What an index, whether it is there or not, was worth in each hour of the last fifteen days. Immutable.</summary>
public sealed record DemandRhythm(string Path, IReadOnlyList<HourDemand> Hours)
{
    private const int Day = 24, Week = 7 * Day, Kept = 15 * Day;

    public static long HourOf(DateTimeOffset time) => time.ToUnixTimeSeconds() / 3600;

    public DemandRhythm Note(long hour, double saved)
    {
        var kept = Hours.Where(known => known.Hour > hour - Kept && known.Hour != hour);
        return saved <= 0 ? this with { Hours = [.. Hours.Where(known => known.Hour > hour - Kept)] } : this with { Hours = [.. kept, new(hour, Math.Round(At(hour) + saved))] };
    }

    /// <summary>What it will be worth in that hour, if days or weeks are alike.</summary>
    public double Expected(long hour)
        => Math.Max(Math.Min(At(hour - Day), Math.Min(At(hour - (2 * Day)), At(hour - (3 * Day)))), Math.Min(At(hour - Week), At(hour - (2 * Week))));

    /// <summary>The same over some hours.</summary>
    public double Expected(long from, int hours)
    {
        var sum = 0.0;
        for (var hour = from; hour < from + hours; hour++) sum += Expected(hour);
        return sum;
    }

    private double At(long hour)
    {
        foreach (var known in Hours)
            if (known.Hour == hour) return known.Saved;
        return 0;
    }
}
