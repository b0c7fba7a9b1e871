namespace IngoDB.Engine.Verification;

/// <summary>Something that is not as it was written.</summary>
/// <param name="Offset">Where in the file; 0 when it is about the whole file.</param>
public sealed record VerificationFinding(string File, long Offset, string Detail);

/// <summary>What was looked at, and what was wrong with it.</summary>
public sealed record VerificationReport(string Folder)
{
    public int Tables { get; init; }

    /// <summary>Rows of tables: every version, every delete, and what is remembered of requests.</summary>
    public long Rows { get; init; }

    public int Indexes { get; init; }

    public long IndexEntries { get; init; }

    public long LogRecords { get; init; }

    /// <summary>Where the log was cut by a crash; not damage.</summary>
    public string? TornTail { get; init; }

    /// <summary>Files that nothing names: left by a crash, removed by the next start; not damage.</summary>
    public IReadOnlyList<string> StrayFiles { get; init; } = [];

    public IReadOnlyList<VerificationFinding> Findings { get; init; } = [];

    public bool IsSound => Findings.Count == 0;
}
