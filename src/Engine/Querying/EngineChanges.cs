using IngoDB.Model;

namespace IngoDB.Engine.Querying;

/// <summary>What became of a document.</summary>
/// <param name="Version">Of its newest change.</param>
/// <param name="Shape">Of <paramref name="Row"/>; null: the document is gone (deleted, expired, or no match any more).</param>
public readonly record struct EngineChange(DocumentId Id, DocumentVersion Version, Shape? Shape, ReadOnlyMemory<byte> Row);

/// <summary>Changes by ascending version.</summary>
/// <param name="Until">Everything up to here has been told; what comes next is asked for after it.</param>
public sealed record EngineChanges(IReadOnlyList<EngineChange> Changes, DocumentVersion Until);
