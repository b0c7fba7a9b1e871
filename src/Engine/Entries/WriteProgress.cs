using IngoDB.Model;

namespace IngoDB.Engine.Entries;

/// <summary>How far a write by filter is in one partition: documents that matched, that were written, and that no longer matched when their turn came.</summary>
/// <param name="Last">The last document that was decided; null before the first.</param>
public sealed record WriteProgress(long Matched, long Modified, long Conflicts, DocumentId? Last, bool IsDone);
