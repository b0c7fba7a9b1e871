namespace IngoDB.ProductBench;

/// <summary>One figure of one run.</summary>
/// <param name="CpuMicros">Processor time of all threads of the engine per operation; null where it means nothing.</param>
/// <param name="Answer">What was answered, to be compared between engines; null where there is no question.</param>
/// <param name="Note">How it was done, for who watches.</param>
internal sealed record Measure(string Phase, double Value, string Unit, double? CpuMicros = null, string? Answer = null, bool Durable = false, string? Note = null);
