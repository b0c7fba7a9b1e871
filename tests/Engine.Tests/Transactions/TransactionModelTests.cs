// The rules of two-phase commit under thousands of random schedules, and wrong rules, each of which must be found by them. A seed that fails
// replays exactly.

using IngoDB.Engine.Transactions;
using IngoDB.Model;

namespace IngoDB.Tests.Transactions;

public sealed class TransactionModelTests
{
    private const int Seeds = 6_000;

    public static TheoryData<string> Mutants => [.. s_mutants.Keys];

    private static readonly Dictionary<string, TransactionRules> s_mutants = new()
    {
        ["apply-before-decide"] = new ApplyBeforeDecide(),
        ["decision-forgotten"] = new DecisionForgotten(),
        ["presumed-commit"] = new PresumedCommit(),
        ["abort-not-recorded"] = new AbortNotRecorded(),
        ["abort-forgotten-early"] = new AbortForgottenEarly(),
        ["decides-after-all"] = new DecidesAfterAll(),
        ["reader-ignores-prepared"] = new ReaderIgnoresPrepared(),
        ["reader-minds-only-older"] = new ReaderMindsOnlyOlder(),
        ["prepared-twice-made-twice"] = new PreparedTwice(),
        ["never-given-up"] = new NeverGivenUp(),
    };

    [Fact]
    public void Batches_are_whole_under_every_schedule()
    {
        var (committed, givenUp) = (0, 0);
        for (var seed = 1; seed <= Seeds; seed++)
        {
            var model = new TransactionModel(new(), seed);
            Replayed(seed, model);
            (committed, givenUp) = (committed + model.Committed, givenUp + model.GivenUp);
        }

        Assert.True(committed > Seeds / 2 && givenUp > Seeds / 2, $"{committed} committed, {givenUp} given up: one of the two was hardly tried");
    }

    [Theory]
    [MemberData(nameof(Mutants))]
    public void A_wrong_rule_is_found(string mutant)
    {
        for (var seed = 1; seed <= Seeds; seed++)
        {
            try
            {
                new TransactionModel(s_mutants[mutant], seed).Run(steps: 150);
            }
            catch (TransactionViolation)
            {
                return; // found
            }
        }

        Assert.Fail($"{Seeds} schedules do not show that {mutant} is wrong");
    }

    [Fact]
    public void The_choices_are_as_they_are_told()
    {
        var rules = new TransactionRules();
        var prepared = DocumentVersion.AtMilliseconds(1_000_000);
        var (soon, later, tooLate) = (DocumentVersion.AtMilliseconds(1_001_000), DocumentVersion.AtMilliseconds(1_003_000), DocumentVersion.AtMilliseconds(1_010_001));
        TransactionRecord committed = new TransactionRecord.Committed([1]), aborted = new TransactionRecord.Aborted(prepared);

        Assert.Equal((DecideChoice.Commit, DecideChoice.TooLate), (rules.Decide(null, prepared, later), rules.Decide(null, prepared, tooLate)));
        Assert.Equal((DecideChoice.IsCommitted, DecideChoice.TooLate), (rules.Decide(committed, prepared, tooLate), rules.Decide(aborted, prepared, soon)));
        Assert.Equal((AskChoice.Wait, AskChoice.Abort, AskChoice.Abort), (rules.Ask(null, prepared, soon, false), rules.Ask(null, prepared, later, false), rules.Ask(null, prepared, soon, true)));
        Assert.Equal((AskChoice.IsCommitted, AskChoice.IsAborted), (rules.Ask(committed, prepared, later, true), rules.Ask(aborted, prepared, soon, false)));
        Assert.Equal((FinishChoice.Nothing, FinishChoice.Apply, FinishChoice.Drop, FinishChoice.Drop),
            (rules.Finish(default, soon), rules.Finish(prepared, soon), rules.Finish(prepared, default), rules.Finish(prepared, prepared)));
        Assert.Equal((false, true, false, true), (rules.MayForget(committed, false, tooLate), rules.MayForget(committed, true, soon), rules.MayForget(aborted, true, later), rules.MayForget(aborted, false, tooLate)));
        Assert.Equal((true, true, false), (rules.MustWait(prepared, prepared), rules.MustWait(prepared, soon), rules.MustWait(soon, prepared)));
    }

    private static void Replayed(int seed, TransactionModel model)
    {
        try
        {
            model.Run(steps: 150);
        }
        catch (TransactionViolation e)
        {
            Assert.Fail($"seed {seed}: {e.Message}");
        }
    }

    /// <summary>A participant does not wait for the word: given up or not, what is prepared is made.</summary>
    private sealed class ApplyBeforeDecide : TransactionRules
    {
        public override FinishChoice Finish(DocumentVersion prepared, DocumentVersion commit) => prepared == DocumentVersion.None ? FinishChoice.Nothing : FinishChoice.Apply;
    }

    /// <summary>T1: the decision is dropped before everybody has heard it, as by a restart that does not read it back.</summary>
    private sealed class DecisionForgotten : TransactionRules
    {
        public override bool MayForget(TransactionRecord known, bool allFinished, DocumentVersion now) => known is TransactionRecord.Committed || base.MayForget(known, allFinished, now);
    }

    /// <summary>Who is not known was committed.</summary>
    private sealed class PresumedCommit : TransactionRules
    {
        public override AskChoice Ask(TransactionRecord? known, DocumentVersion prepared, DocumentVersion now, bool isGivenUp)
            => base.Ask(known, prepared, now, isGivenUp) is AskChoice.Abort ? AskChoice.IsCommitted : base.Ask(known, prepared, now, isGivenUp);
    }

    /// <summary>T2: said, but not recorded.</summary>
    private sealed class AbortNotRecorded : TransactionRules
    {
        public override AskChoice Ask(TransactionRecord? known, DocumentVersion prepared, DocumentVersion now, bool isGivenUp)
            => base.Ask(known, prepared, now, isGivenUp) is AskChoice.Abort ? AskChoice.IsAborted : base.Ask(known, prepared, now, isGivenUp);
    }

    /// <summary>T3: the record of what was given up goes while a decision could still come in time.</summary>
    private sealed class AbortForgottenEarly : TransactionRules
    {
        public override bool MayForget(TransactionRecord known, bool allFinished, DocumentVersion now) => known is TransactionRecord.Aborted || base.MayForget(known, allFinished, now);
    }

    /// <summary>T3: no decision is too late.</summary>
    private sealed class DecidesAfterAll : TransactionRules
    {
        public override DecideChoice Decide(TransactionRecord? known, DocumentVersion earliest, DocumentVersion version) => known is null ? DecideChoice.Commit : base.Decide(known, earliest, version);
    }

    /// <summary>T5: reads past what is prepared.</summary>
    private sealed class ReaderIgnoresPrepared : TransactionRules
    {
        public override bool MustWait(DocumentVersion prepared, DocumentVersion at) => false;
    }

    /// <summary>T5: waits only for what was prepared a second before.</summary>
    private sealed class ReaderMindsOnlyOlder : TransactionRules
    {
        public override bool MustWait(DocumentVersion prepared, DocumentVersion at) => prepared.Milliseconds + 1_000 <= at.Milliseconds;
    }

    /// <summary>T4: a commit is for whatever is prepared under this name.</summary>
    private sealed class PreparedTwice : TransactionRules
    {
        public override FinishChoice Finish(DocumentVersion prepared, DocumentVersion commit)
            => prepared == DocumentVersion.None ? FinishChoice.Nothing : commit == DocumentVersion.None ? FinishChoice.Drop : FinishChoice.Apply;
    }

    /// <summary>T2: who asks waits for ever.</summary>
    private sealed class NeverGivenUp : TransactionRules
    {
        public override AskChoice Ask(TransactionRecord? known, DocumentVersion prepared, DocumentVersion now, bool isGivenUp)
            => base.Ask(known, prepared, now, isGivenUp) is AskChoice.Abort ? AskChoice.Wait : base.Ask(known, prepared, now, isGivenUp);
    }
}
