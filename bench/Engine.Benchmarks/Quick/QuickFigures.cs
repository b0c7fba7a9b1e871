namespace IngoDB.Benchmarks.Quick;

/// <summary>What one run measured.</summary>
internal sealed record QuickFigures(
    long Documents, StepFigures Ingest, StepFigures Settle, IReadOnlyList<GetFigures> Gets, IReadOnlyList<ScanFigures> Broad, IReadOnlyList<ScanFigures> Selective, long TableBytes, long PeakMemoryBytes)
{
    public double IngestPerSecond => Documents / Ingest.Time.TotalSeconds;
}

/// <param name="Processor">Of all threads of this process. On a machine that others use too, the time says what was waited for and this what the work was.</param>
internal sealed record StepFigures(TimeSpan Time, TimeSpan Processor);

/// <summary>Times of single lookups.</summary>
internal sealed record GetFigures(TimeSpan P50, TimeSpan P95, TimeSpan P99, StepFigures All);

/// <summary>One run of a scan.</summary>
internal sealed record ScanFigures(int Run, StepFigures Step, long Examined, long Returned, string AccessPath);
