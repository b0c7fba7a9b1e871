namespace IngoDB.Engine.Statistics;

/// <summary>Keys of a field that are asked for again and again: what a partial index would have entries for.</summary>
/// <param name="Path">The field, with <c>[]</c> where arrays fan out.</param>
/// <param name="Share">Of all rows, those with such a key.</param>
/// <param name="HitRate">Of the questions, those inside what was asked before.</param>
/// <param name="Runs">Questions, halved every hour.</param>
public sealed record HotStretch(string Path, double Share, double HitRate, double Runs)
{
    /// <summary>Fewer questions do not tell what will be asked.</summary>
    public const double RunsMin = 6;

    /// <summary>Below it too many questions would find nothing in a partial index.</summary>
    public const double HitRateMin = 0.75;

    /// <summary>Above it a whole index costs hardly more.</summary>
    public const double ShareMax = 0.25;
}
