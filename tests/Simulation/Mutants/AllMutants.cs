using IngoDB.Replication.Placement;
using IngoDB.Replication.Rules;

namespace IngoDB.Simulation.Mutants;

/// <summary>The list of replication.md 4.5, as far as it speaks of replication, and our own.</summary>
internal static class AllMutants
{
    /// <summary>Found by seeds.</summary>
    public static IReadOnlyList<Mutant> Random { get; } =
    [
        Rule("no-union-on-expand", "a change under way does not count until its answer is there", new NoUnion()),
        Rule("shrink-before-swap", "a shrink counts as soon as it is sent", new ShrinkBeforeSwap()),
        Rule("majority-ack", "a majority of the in-sync set commits", new MajorityAck()),
        Rule("expand-too-early", "a newcomer joins that lacks something", new ExpandTooEarly()),
        Rule("expand-by-inherited-commit", "a newcomer joins that has what a new primary knows to be committed", new ExpandByInheritedCommit()),
        Rule("no-confirm", "strict reads ask nobody", new NoConfirm()),
        Rule("fresh-without-confirmation", "a primary believes to be fresh without hearing the others", new FreshWithoutConfirmation()),
        Rule("session-anywhere", "a session reads where it is, whatever it has seen", new SessionAnywhere()),
        Rule("serve-before-epoch-start", "a new primary serves at once", new ServeBeforeEpochStart()),
        Rule("ack-before-sync", "acknowledged when written, not when synced", new AckBeforeSync()),
        Rule("ack-unmatched-tail", "acknowledged whatever stands in the log", new AckUnmatchedTail()),
        Rule("apply-uncommitted", "followers apply what they have", new ApplyUncommitted()),
        Rule("follow-lower-epoch", "an older primary is followed, too", new FollowLowerEpoch()),
        Rule("take-over-by-anyone", "whoever has a copy takes over", new TakeOverByAnyone()),
        Rule("duplicates-cut", "the same entry again cuts what stands behind it", new DuplicatesCut()),
        Rule("unknown-is-failure", "a swap without an answer has not happened", new UnknownIsFailure()),
        Rule("unknown-is-success", "a swap without an answer has happened", new UnknownIsSuccess()),
        Rule("clock-without-ceiling", "a new primary goes by its own clock", new ClockWithoutCeiling()),
        Rule("snapshot-without-waiting", "a snapshot is read while older versions are under way", new SnapshotWithoutWaiting()),
        Rule("lease-without-end", "a lease once given holds for ever", new LeaseWithoutEnd()),
        Rule("promise-not-kept", "members take over although they promised not to", new PromiseNotKept()),
        Rule("mended-too-early", "a mended copy leads as soon as it has what it was told", new MendedTooEarly()),
        Rule("unwanted-primary-stays", "a primary that is not wanted goes on leading", new UnwantedPrimaryStays()),
        Rule("erase-out-of-sync", "a copy that left the in-sync set erases itself", new EraseOutOfSync()),
        Planner("two-on-one-node", "a node is asked for a second copy", new TwoOnOneNode()),
        Planner("retire-before-replaced", "a copy that shall go does so before there is another", new RetireBeforeReplaced()),
        Host("cut-at-first-bad-record", "corruption is taken for a torn tail", Flaws.CutsAtFirstBadRecord),
        Host("trust-cache-after-failed-sync", "a failed sync is forgotten", Flaws.TrustsPageCacheAfterFailedSync),
        Host("drop-answers-on-failover", "a new primary knows no request that was done before", Flaws.DropsAnswersOnFailover),
        Host("recreate-empty", "an empty folder is the copy that it was, and nobody notices", Flaws.ReusesIdOnEmptyDisk | Flaws.RecreatesEmptyReplica),
        Host("reuse-id", "an empty folder is the copy that it was, and says that it is broken if the record counts on it", Flaws.ReusesIdOnEmptyDisk),
        Host("retry-under-new-number", "a client sends a write again as another one", Flaws.RetriesUnderANewNumber),
        Host("clock-sleeps", "copies say how fresh they are by a clock that stands still while the machine sleeps", Flaws.ClockStandsStillInSuspend),
        Host("forget-broken", "a broken copy is whole again after a restart", Flaws.ForgetsThatItWasBroken),
    ];

    public static Mutant Find(string name) => Random.Concat(Directed).Append(Mutant.None).FirstOrDefault(mutant => mutant.Name == name)
        ?? throw new ArgumentException($"There is no mutant '{name}'. There are: {string.Join(", ", Random.Concat(Directed).Select(mutant => mutant.Name))}.");

    /// <summary>Found by a schedule that was made for them.</summary>
    public static IReadOnlyList<Mutant> Directed { get; } =
    [
        Rule("confirm-by-majority", "a strict read asks a majority of the in-sync set", new ConfirmByMajority()),
        Rule("install-any-snapshot", "an old snapshot replaces a longer log", new InstallAnySnapshot()),
        Rule("match-what-was-trimmed", "what was trimmed is the same in every log", new MatchWhatWasTrimmed()),
        Rule("mend-before-saved", "a snapshot replaces what is broken before it stands on disk that it was", new MendBeforeSaved()),
        new("answer-at-once", "after a start everything is answered before the record was read, and the adopted epoch is forgotten", new AnswerAtOnce(), Flaws.ForgetsAdoptedEpoch),
        Host("sleep-through-a-lease", "leases go by a clock that stands still while the machine sleeps", Flaws.ClockStandsStillInSuspend),
        Rule("believe-any-incarnation", "what a former process of a node says counts", new BelieveAnyIncarnation()),
    ];

    private static Mutant Rule(string name, string wrong, SafetyRules rules) => new(name, wrong, rules, Flaws.None);

    private static Mutant Planner(string name, string wrong, PlacementRules rules) => new(name, wrong, SafetyRules.Literal, Flaws.None) { Placement = rules };

    private static Mutant Host(string name, string wrong, Flaws flaws) => new(name, wrong, SafetyRules.Literal, flaws);
}
