using IngoDB.Model;

namespace IngoDB.Client.Changes;

/// <summary>What became of a document.</summary>
/// <param name="Version">Of its newest change.</param>
/// <param name="Fields">What it says now; null: it is gone (deleted, expired, or it does not match the feed's condition).</param>
public sealed record DocumentChange(DocumentId Id, DocumentVersion Version, Document? Fields)
{
    public bool IsGone => Fields is null;
}

/// <summary>Changes in their order.</summary>
/// <param name="Changes">By ascending version; a document stands in it once.</param>
/// <param name="Until">Everything up to here has been told: what to remember, and to go on after.</param>
public sealed record ChangePage(IReadOnlyList<DocumentChange> Changes, DocumentVersion Until);
