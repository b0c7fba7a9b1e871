namespace IngoDB.Cli.Importing;

/// <summary>What to do with a document that is there already.</summary>
internal enum OnConflict
{
    /// <summary>Stop at the first one (the default).</summary>
    Fail,

    /// <summary>Keep the one that is there.</summary>
    Skip,

    /// <summary>Write over it.</summary>
    Replace,
}

/// <param name="IdField">The field whose value becomes the <c>_id</c>; null takes <c>_id</c>, and makes one where there is none.</param>
internal sealed record ImportOptions(string Path, string Collection, string? IdField, OnConflict OnConflict, bool Resume)
{
    /// <summary>Where progress and rejects are kept: names that begin like this.</summary>
    public string Notes { get; init; } = Path;

    public int BatchDocuments { get; init; } = 1_000;

    public int BatchBytes { get; init; } = 1 << 20;

    /// <summary>Batches under way at the same time.</summary>
    public int Parallelism { get; init; } = 4;

    /// <summary>How long a batch that the cluster cannot take is tried again.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(60);
}
