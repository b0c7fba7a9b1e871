// The log of a partition that has copies, as its engine sees it. Who has one decides a write, but does not write it: it proposes,
// and applies what comes back as committed, like every other copy.
//
//   primary   decide ──► TryPropose ──► (log here ∥ log there) ──committed──► Apply ──► answer
//   others                                                     ──committed──► Apply
//
// So only what is committed everywhere ever reaches a memtable or a table, and a copy that must cut its log cuts nothing here.

using IngoDB.Model;

namespace IngoDB.Engine;

/// <summary>What became of a proposal.</summary>
public enum ProposalOutcome
{
    /// <summary>It has its place in the log.</summary>
    Accepted,

    /// <summary>The clock has passed the version meanwhile: decide again.</summary>
    Late,

    /// <summary>This copy does not lead: nothing was written.</summary>
    NotPrimary,
}

/// <summary>A place in the log.</summary>
/// <param name="Outcome">Whether it has one.</param>
/// <param name="Applied">Completes when the group is committed and applied here; fails with <see cref="UnknownOutcomeException"/>.</param>
public readonly record struct Proposal(ProposalOutcome Outcome, Task Applied);

/// <summary>The replicated log of one partition. Thread-safe.</summary>
public interface IReplicatedLog
{
    /// <summary>The first version that a group may have now, and the term in which that is so; null while this copy does not lead.</summary>
    /// <exception cref="UnavailableException"><c>partition.moved</c>, <c>partition.not_enough_copies</c>: it leads, and can commit nothing.</exception>
    (DocumentVersion First, long Term)? Next();

    /// <param name="term">As <see cref="Next"/> said.</param>
    /// <param name="first">Version of the first operation.</param>
    /// <param name="group">See <see cref="ReplicatedGroup"/>; not copied.</param>
    /// <param name="versions">How many it takes.</param>
    Proposal TryPropose(long term, DocumentVersion first, ReadOnlyMemory<byte> group, int versions);

    /// <summary>Completes when this copy was the primary after the call, and everything proposed before it is applied.</summary>
    /// <exception cref="UnavailableException"><c>partition.moved</c>.</exception>
    Task ConfirmAsync(CancellationToken cancellationToken);

    /// <summary>Completes when the snapshot can be read here for ever the same.</summary>
    /// <exception cref="UnavailableException"><c>partition.moved</c>.</exception>
    Task CloseAsync(DocumentVersion version, CancellationToken cancellationToken);
}
