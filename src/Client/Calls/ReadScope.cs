using IngoDB.Model;

namespace IngoDB.Client.Calls;

/// <summary>Where reads go: a database, and the point in time they are made at (None is the latest).</summary>
internal sealed record ReadScope(CoordinatorCalls Calls, string? Database, DocumentVersion SnapshotVersion, string? SnapshotToken = null)
{
    public bool IsSnapshot => SnapshotToken is not null;

    /// <exception cref="InvalidRequestException">The scope is a snapshot.</exception>
    public void RefuseWritesToThePast()
    {
        if (IsSnapshot)
            throw new InvalidRequestException("snapshot.read_only", "A snapshot cannot be written to.", suggestion: "Write through the database's own collection");
    }
}
