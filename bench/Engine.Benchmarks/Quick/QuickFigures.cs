namespace IngoDB.Benchmarks.Quick;

/// <summary>What one run measured.</summary>
internal sealed record QuickFigures(long Documents, StepFigures Ingest, StepFigures Settle, GetFigures Gets, GetFigures GetsAgain, IReadOnlyList<ScanFigures> Scans, long TableBytes, long PeakMemoryBytes)
{
    public double IngestPerSecond => Documents / Ingest.Time.TotalSeconds;
}

/// <param name="Processor">Of all threads of this process: what a quiet machine would need at least, divided by its cores.</param>
internal sealed record StepFigures(TimeSpan Time, TimeSpan Processor);

/// <summary>Times of single lookups.</summary>
internal sealed record GetFigures(TimeSpan P50, TimeSpan P95, TimeSpan P99, double PerSecond);

/// <summary>One run of the scan.</summary>
internal sealed record ScanFigures(int Run, TimeSpan Time, long Examined, long Returned, string AccessPath);
