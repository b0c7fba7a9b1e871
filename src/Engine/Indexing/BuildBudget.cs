namespace IngoDB.Engine.Indexing;

/// <summary>
/// How much an index build may take from others that read the same disk. A build is as quick as it can be unless it is told otherwise: queries that have paid
/// for the index wait for it. It is kept from table to table, so that no row costs a look at a clock. Pure.
/// </summary>
/// <param name="BytesPerSecondMax">Of tables, as they lie on disk; null: no bound.</param>
internal readonly record struct BuildBudget(long? BytesPerSecondMax)
{
    /// <summary>How long to rest before the next table.</summary>
    /// <param name="bytesRead">Of the tables so far, by all threads of the build.</param>
    /// <param name="elapsed">Since it began.</param>
    public TimeSpan RestAfter(long bytesRead, TimeSpan elapsed)
    {
        if (BytesPerSecondMax is not { } bytesPerSecond) return TimeSpan.Zero;
        var rest = TimeSpan.FromSeconds(bytesRead / (double)bytesPerSecond) - elapsed;
        return rest > TimeSpan.Zero ? rest : TimeSpan.Zero;
    }
}
