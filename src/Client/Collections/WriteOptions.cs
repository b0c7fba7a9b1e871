using IngoDB.Model;

namespace IngoDB.Client.Collections;

/// <summary>Conditions and durability of a write.</summary>
public sealed record WriteOptions
{
    /// <summary>Write only if the document has exactly this version; otherwise a conflict.</summary>
    public DocumentVersion? IfVersion { get; init; }

    /// <summary>True: acknowledged before it is on disk, synced within 100 ms; survives a crash of the process, not of the machine. Null: the database's choice.</summary>
    public bool? Buffered { get; init; }
}
