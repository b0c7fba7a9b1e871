namespace IngoDB.Cli.Output;

/// <summary>How documents are printed.</summary>
internal enum OutputFormat
{
    /// <summary>For people: columns, long values cut. The default on a terminal.</summary>
    Table,

    /// <summary>One JSON array. Stable.</summary>
    Json,

    /// <summary>One JSON document a line; the default when piped. Stable.</summary>
    Jsonl,
}
