// What was found on disk when a replica was opened. Recovery has been done: a torn tail is cut, what is left of the log is
// durable (rewritten and synced), and what does not check below what was synced makes the replica broken.

using IngoDB.Model;
using IngoDB.Replication.Events;
using IngoDB.Replication.Logs;
using IngoDB.Replication.Members;
using IngoDB.Replication.Messages;
using IngoDB.Replication.Records;
using IngoDB.Replication.States;

namespace IngoDB.Replication;

/// <summary>The beginning of a replica's process.</summary>
/// <param name="Me">Copy and incarnation.</param>
/// <param name="Log">Durable to its end.</param>
/// <param name="Applied">What the tables hold; it is committed.</param>
/// <param name="Adopted">From the state file.</param>
public sealed record ReplicaStart(ReplicaAddress Me, LogState Log, Lsn Applied, Epoch Adopted)
{
    /// <summary>From the state file; the catalog is read before anything is acknowledged all the same.</summary>
    public PartitionRecord? Record { get; init; }

    /// <summary>There is no state file.</summary>
    public bool IsNew { get; init; }

    /// <summary>
    /// Some record has named this copy: it was made because of that. What the record says now does not tell, it may have been changed before this was opened;
    /// a copy that did not know would wait for ever for a record that names it.
    /// </summary>
    public bool IsListed { get; init; } = true;

    /// <summary>The log does not check below what was synced, or the state file says that it was not whole.</summary>
    public bool IsBroken { get; init; }

    internal ReplicaState ToState(ReplicaOptions options, Moment now)
    {
        var adopted = Log.History.Last > Adopted ? Log.History.Last : Adopted;
        return new()
        {
            Me = Me,
            Standing = IsBroken ? Standing.Broken : Standing.Whole,
            IsNew = IsNew,
            IsListed = IsListed,
            Log = IsBroken ? LogState.Empty : Log,
            LastHeard = now.Steady,
            // With leases it may have promised right before it was started again.
            PromisedUntil = options.Leases ? now.Steady + options.PromiseLength : Moment.LongAgo,
            Committed = IsBroken ? Lsn.None : Applied,
            Match = Lsn.None,
            Adopted = adopted,
            // What is broken says so on disk before it does anything that could make it look whole (MayInstall).
            SavedEpoch = IsBroken ? Epoch.None : Adopted,
            Clock = Log.LastVersion,
            Catalog = CatalogKnowledge.Nothing with { Record = Record },
        };
    }
}
