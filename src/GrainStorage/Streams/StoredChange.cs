namespace IngoDB.GrainStorage;

/// <summary>What became of a document, as an event of a stream.</summary>
[GenerateSerializer, Immutable, Alias("ingodb.stream.stored-change")]
public sealed record StoredChange
{
    [Id(0)] public required string Collection { get; init; }

    /// <summary>The document's _id as text; of a state its grain's key (a Guid key with hyphens).</summary>
    [Id(1)] public required string Id { get; init; }

    /// <summary>Of its newest change; of a state it is the ETag.</summary>
    [Id(2)] public required ulong Version { get; init; }

    /// <summary>Its fields as plain JSON; null: it is gone.</summary>
    [Id(3)] public string? Json { get; init; }
}
