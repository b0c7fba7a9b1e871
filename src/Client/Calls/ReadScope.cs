using IngoDB.Abstractions;
using IngoDB.Client.Sessions;
using IngoDB.Model;

namespace IngoDB.Client.Calls;

/// <summary>Where reads go: a database, and the point in time they are made at (None is the latest).</summary>
internal sealed record ReadScope(CoordinatorCalls Calls, string? Database, DocumentVersion SnapshotVersion, string? SnapshotToken = null)
{
    /// <summary>Makes the query that is sent of the one that was built, when something in it has to be asked for first (the collection of a type of state); null: it is sent as it is.</summary>
    public Func<Query, CancellationToken, ValueTask<Query>>? Prepare { get; init; }

    /// <summary>How recent answers must be.</summary>
    public ReadConsistency Consistency { get; init; } = ReadConsistency.Strong;

    /// <summary>The same as it travels; null: as of now.</summary>
    public ReadConcern? Concern => Consistency.ToConcern();

    public bool IsSession => Consistency.SessionOrNull is not null;

    public bool IsSnapshot => SnapshotToken is not null;

    /// <summary>A session remembers what it was told.</summary>
    public void Saw(PageReply reply)
    {
        if (Consistency.SessionOrNull is not { } session) return;
        session.See(reply.Seen);
        session.SeeEverywhere(reply.Snapshot);
    }

    /// <summary>A session remembers what it has written.</summary>
    public void Wrote(WriteReply reply) => Consistency.SessionOrNull?.See(reply.Written);

    /// <exception cref="InvalidRequestException">The scope is a snapshot.</exception>
    public void RefuseWritesToThePast()
    {
        if (IsSnapshot)
            throw new InvalidRequestException("snapshot.read_only", "A snapshot cannot be written to.", suggestion: "Write through the database's own collection");
    }
}
