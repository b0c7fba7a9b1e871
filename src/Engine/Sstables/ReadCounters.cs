namespace IngoDB.Engine.Sstables;

/// <summary>Physical work of one read; added to the query's statistics.</summary>
internal struct ReadCounters
{
    /// <summary>Blocks looked into, whether they came from the cache or from the file.</summary>
    public long BlocksRead;

    /// <summary>Those of them that were read from the file, verified and decoded.</summary>
    public long BlocksDecoded;

    /// <summary>Bytes read from the file.</summary>
    public long BytesRead;

    public long FilterProbes;

    public long RowsExamined;

    /// <summary>Stretches of codes that a column scan asked, and those of them in which no row could match.</summary>
    public long Zones, ZonesWithoutMatch;
}

/// <summary>The same, shared by the cursors of one query.</summary>
internal sealed class ReadCountersBox
{
    public ReadCounters Value;
}
