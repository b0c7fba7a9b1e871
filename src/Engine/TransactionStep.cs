// One step of an atomic batch over several partitions, as a request to the log: decided in its order, like every other write, and
// then a batch of entries, or nothing. What came of it stands in the step.

using IngoDB.Engine.Transactions;
using IngoDB.Model;

namespace IngoDB.Engine;

/// <summary>See Transactions/TransactionRules.cs.</summary>
internal abstract class TransactionStep(TransactionId transaction)
{
    public TransactionId Transaction { get; } = transaction;

    /// <summary>Its writes wait until nobody else holds their keys.</summary>
    public virtual bool NeedsKeys => false;

    /// <summary>It is decided, perhaps not for the first time: nothing has come of it yet.</summary>
    public virtual void Begin()
    {
    }
}

/// <summary>At a participant: the request's writes, if they can be made.</summary>
internal sealed class PrepareStep(TransactionId transaction, int coordinator) : TransactionStep(transaction)
{
    public override bool NeedsKeys => true;

    public int Coordinator { get; } = coordinator;

    /// <summary>None: a write was refused, and nothing is prepared.</summary>
    public DocumentVersion Prepared { get; set; }

    public override void Begin() => Prepared = DocumentVersion.None;
}

/// <summary>At the coordinator partition: its own writes, the request's, and the decision for all.</summary>
/// <param name="participants">The others.</param>
/// <param name="earliest">The least version of their PREPARED.</param>
/// <param name="others">Results of the whole batch; default where they are the coordinator partition's own, which come in order.</param>
internal sealed class DecideStep(TransactionId transaction, IReadOnlyList<int> participants, DocumentVersion earliest, WriteResult?[] others) : TransactionStep(transaction)
{
    public override bool NeedsKeys => true;

    public IReadOnlyList<int> Participants { get; } = participants;

    public DocumentVersion Earliest { get; } = earliest;

    public WriteResult?[] Others { get; } = others;

    /// <summary>Of the whole batch; null when it is not committed.</summary>
    public WriteResult[]? Results { get; set; }

    /// <summary>Of the commit that this made; none when it made none, also when the request was answered before.</summary>
    public DocumentVersion Committed { get; set; }

    public bool IsTooLate { get; set; }

    /// <summary>It is committed already, and what was answered is not known: the request has no name.</summary>
    public bool IsUnknown { get; set; }

    public override void Begin() => (Results, Committed, IsTooLate, IsUnknown) = (null, DocumentVersion.None, false, false);
}

/// <summary>At the coordinator partition: what was answered to a request of this name.</summary>
internal sealed class RecallStep() : TransactionStep(default)
{
    public WriteResult[]? Results { get; set; }

    public override void Begin() => Results = null;
}

/// <summary>At the coordinator partition: what has become of it.</summary>
/// <param name="isGivenUp">The driver asks, who will not decide.</param>
internal sealed class AskStep(TransactionId transaction, DocumentVersion prepared, bool isGivenUp) : TransactionStep(transaction)
{
    public bool IsGivenUp { get; } = isGivenUp;

    public DocumentVersion Prepared { get; } = prepared;

    /// <summary>Null: nothing yet. None: aborted.</summary>
    public DocumentVersion? Outcome { get; set; }

    public override void Begin() => Outcome = null;
}

/// <summary>At a participant: the coordinator partition's word.</summary>
/// <param name="commit">None: aborted.</param>
internal sealed class FinishStep(TransactionId transaction, DocumentVersion commit) : TransactionStep(transaction)
{
    public DocumentVersion Commit { get; } = commit;
}

/// <summary>At the coordinator partition: nobody will ask any more.</summary>
internal sealed class ForgetStep(TransactionId transaction, bool allFinished) : TransactionStep(transaction)
{
    public bool AllFinished { get; } = allFinished;
}
