namespace IngoDB.Engine.Compaction;

/// <summary>The unified compaction strategy: pure.</summary>
internal static class UnifiedCompaction
{
    public static CompactionChoice Choose(CompactionView view) => throw new NotImplementedException();

    /// <summary>All tables that may be touched, whatever their overlap; Rest when there is none.</summary>
    public static CompactionChoice ChooseEverything(CompactionView view) => throw new NotImplementedException();

    /// <summary>Bytes that the strategy would rewrite now: what pacing and backpressure look at.</summary>
    public static long DebtBytes(CompactionView view) => throw new NotImplementedException();
}
