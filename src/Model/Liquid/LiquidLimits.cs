namespace IngoDB.Model;

/// <summary>What a request may ask for at most (docs/semantics.md, "Bad input"); the same in JSON, in binary and in code.</summary>
public static class LiquidLimits
{
    public const int FilterDepthMax = 64;

    /// <summary>All filters of one request together.</summary>
    public const int FilterNodesMax = 1_000;

    public const int FilterArgsMax = 256;
    public const int InValuesMax = 10_000;
    public const int LimitMax = 10_000;
    public const int SkipMax = 100_000;
    public const int IdsMax = 1_000;
    public const int HopsMax = 8;
    public const int HopRepeatMax = 64;
    public const int SortKeysMax = 8;
    public const int SelectPathsMax = 256;
    public const int IncludesMax = 8;
    public const int GroupPathsMax = 4;
    public const int AccumulatorsMax = 64;
    public const int PathsMax = 100;
    public const int PathDepthMax = 64;
    public const int TokenCharactersMax = 512;
    public const int PatternCharactersMax = 4_096;
    public const int BulkWritesMax = 10_000;

    /// <summary>All documents of an atomic bulk together.</summary>
    public const int AtomicBytesMax = RowFormat.DocumentBytesMax;

    /// <summary>How deep the tree of a request may nest: 64 filters of two levels each, a constant of 64 inside, and room.</summary>
    internal const int TreeNestingMax = 256;
}
