// Two-phase commit, as rules. The partition with the least number among those that a batch writes to is its coordinator partition: its own
// writes and the decision are one record of its log, so it never has to be asked by itself.
//
//   driver      prepare ──► each participant, greatest number first      decide ──► coordinator partition      tell ──► participants
//   participant free? conditions? ─► PREPARED, keys held                                                         ─► writes made, keys free
//   coordinator                                                  conditions? in time? ─► COMMITTED + its writes           ─► forgotten
//
// The driver may die at any point, and any message may be lost or come twice; whoever is left asks the coordinator partition:
//
//   T1  COMMITTED once is committed for ever, at that version; it is forgotten only when every participant has done its part. (A decide that
//       comes again then is not made again: it comes only under the name of its request, which is remembered.)
//   T2  Who asks about a transaction that is not decided waits, and after a while it is ABORTED: recorded before it is said.
//   T3  A decision counts only while the coordinator partition's clock is within DecideWithin of the first PREPARED. So an ABORTED may be
//       forgotten when the clock has passed that: the clock of a partition never goes back, and the deletion itself is above it.
//   T4  A participant does nothing but on the coordinator partition's word. A commit older than its PREPARED is not meant for it: the
//       message that prepared it came twice, and the first has done everything.
//   T5  Who reads at T waits for every PREPARED at or below T: the commit may be at or below T, too. One prepared above T can not be.
//
// Nobody waits for two things in a circle: keys of a partition are taken all at once, partitions in falling order of their numbers, and who
// waits for one has only keys of partitions with greater numbers. (Waits are bounded besides.)
//
// Pure: what is known, versions, nothing else. Tests derive mutants from it.

using IngoDB.Model;

namespace IngoDB.Engine.Transactions;

/// <summary>What the coordinator partition does with a request to commit.</summary>
internal enum DecideChoice
{
    Commit,

    /// <summary>It has been committed before.</summary>
    IsCommitted,

    /// <summary>Somebody has asked and was told that it is aborted, or could have been.</summary>
    TooLate,
}

/// <summary>What the coordinator partition answers to who asks.</summary>
internal enum AskChoice
{
    IsCommitted,
    IsAborted,

    /// <summary>Records that it is aborted, and then says so.</summary>
    Abort,

    /// <summary>The decision may be on its way.</summary>
    Wait,
}

/// <summary>What a participant does on the coordinator partition's word.</summary>
internal enum FinishChoice
{
    /// <summary>Nothing is prepared here any more.</summary>
    Nothing,
    Apply,
    Drop,
}

/// <summary>See above; T1 to T5.</summary>
internal class TransactionRules
{
    /// <summary>From the first PREPARED to the decision.</summary>
    public static readonly TimeSpan DecideWithin = TimeSpan.FromSeconds(10);

    /// <summary>From a PREPARED on nobody is pushed for so long.</summary>
    public static readonly TimeSpan AskPatience = TimeSpan.FromSeconds(2);

    /// <param name="known">At the coordinator partition.</param>
    /// <param name="earliest">The least version of all PREPARED.</param>
    /// <param name="version">What the commit would have.</param>
    public virtual DecideChoice Decide(TransactionRecord? known, DocumentVersion earliest, DocumentVersion version) => known switch
    {
        TransactionRecord.Committed => DecideChoice.IsCommitted,
        TransactionRecord.Aborted => DecideChoice.TooLate,
        _ => version > After(earliest, DecideWithin) ? DecideChoice.TooLate : DecideChoice.Commit,
    };

    /// <param name="known">At the coordinator partition.</param>
    /// <param name="prepared">The version of the asking participant's PREPARED.</param>
    /// <param name="now">The coordinator partition's clock.</param>
    /// <param name="isGivenUp">The driver asks, who will not decide.</param>
    public virtual AskChoice Ask(TransactionRecord? known, DocumentVersion prepared, DocumentVersion now, bool isGivenUp) => known switch
    {
        TransactionRecord.Committed => AskChoice.IsCommitted,
        TransactionRecord.Aborted => AskChoice.IsAborted,
        _ => isGivenUp || now > After(prepared, AskPatience) ? AskChoice.Abort : AskChoice.Wait,
    };

    /// <param name="prepared">Of what is prepared here; none: nothing is.</param>
    /// <param name="commit">The coordinator partition's word; none: aborted.</param>
    public virtual FinishChoice Finish(DocumentVersion prepared, DocumentVersion commit)
        => prepared == DocumentVersion.None ? FinishChoice.Nothing : commit > prepared ? FinishChoice.Apply : FinishChoice.Drop;

    /// <param name="known">At the coordinator partition.</param>
    /// <param name="allFinished">Every participant has said so.</param>
    /// <param name="now">The coordinator partition's clock.</param>
    public virtual bool MayForget(TransactionRecord known, bool allFinished, DocumentVersion now)
        => known is TransactionRecord.Aborted aborted ? now > After(aborted.PreparedAt, DecideWithin) : allFinished;

    /// <param name="prepared">Of something that is not finished.</param>
    /// <param name="at">Where somebody reads.</param>
    public virtual bool MustWait(DocumentVersion prepared, DocumentVersion at) => prepared <= at;

    private static DocumentVersion After(DocumentVersion version, TimeSpan time) => new(version.Raw + DocumentVersion.AtMilliseconds((long)time.TotalMilliseconds).Raw);
}
