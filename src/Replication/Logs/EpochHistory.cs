// Which epoch wrote which part of a log: a run for each epoch, told by its first lsn.
//
//     (1, 1) (2, 8) (5, 12)          entries 1-7 of epoch 1, 8-11 of epoch 2, from 12 on of epoch 5
//
// It stands for the whole log when two logs are compared (KIP-101): one epoch has one writer, which only ever appends, so if
// two logs have entries of the same epoch at an lsn, they are equal up to it. The largest such lsn is found from two short
// lists, without reading a single entry.

using System.Collections.Immutable;
using IngoDB.Model;

namespace IngoDB.Replication.Logs;

/// <summary>The first entry of an epoch in a log.</summary>
public readonly record struct EpochRun(Epoch Epoch, Lsn First);

/// <summary>The epochs of a log, ascending. Immutable.</summary>
public sealed class EpochHistory
{
    private readonly ImmutableArray<EpochRun> _runs;

    private EpochHistory(ImmutableArray<EpochRun> runs) => _runs = runs;

    public static EpochHistory Empty { get; } = new([]);

    public ImmutableArray<EpochRun> Runs => _runs;

    /// <summary>The epoch of the last run, None for an empty log.</summary>
    public Epoch Last => _runs.IsEmpty ? Epoch.None : _runs[^1].Epoch;

    /// <exception cref="CorruptionException">Runs that do not ascend.</exception>
    public static EpochHistory From(IEnumerable<EpochRun> runs)
    {
        var history = Empty;
        foreach (var run in runs)
        {
            if (run.Epoch <= history.Last) throw new CorruptionException("epoch history", run.First.Value, $"epoch {run.Epoch} follows epoch {history.Last}");
            history = history.Extend(run.Epoch, run.First);
        }

        return history;
    }

    /// <summary>The epoch of the entry at an lsn; None before the first.</summary>
    public Epoch At(Lsn lsn)
    {
        for (var i = _runs.Length - 1; i >= 0; i--)
            if (_runs[i].First <= lsn) return _runs[i].Epoch;
        return Epoch.None;
    }

    /// <summary>With an entry of an epoch at an lsn behind the last.</summary>
    public EpochHistory Extend(Epoch epoch, Lsn lsn)
    {
        if (epoch == Last) return this;
        Invariant.Holds(epoch > Last);
        return new(_runs.Add(new(epoch, lsn)));
    }

    /// <summary>Without the entries behind an lsn.</summary>
    public EpochHistory CutAfter(Lsn lsn)
    {
        var kept = _runs.Length;
        while (kept > 0 && _runs[kept - 1].First > lsn) kept--;
        return kept == _runs.Length ? this : new(_runs[..kept]);
    }

    /// <summary>The largest lsn up to which two logs are the same; None when nothing is.</summary>
    public static Lsn CommonPoint(EpochHistory left, Lsn leftLast, EpochHistory right, Lsn rightLast)
    {
        var at = Lsn.Min(leftLast, rightLast);
        while (at > Lsn.None)
        {
            var (l, r) = (left.At(at), right.At(at));
            if (l == r) return at;
            at = (l > r ? left.FirstOf(l) : right.FirstOf(r)).Previous;
        }

        return Lsn.None;
    }

    public override string ToString() => string.Join(' ', _runs.Select(run => $"({run.Epoch},{run.First})"));

    private Lsn FirstOf(Epoch epoch)
    {
        foreach (var run in _runs)
            if (run.Epoch == epoch) return run.First;
        return Lsn.None.Next;
    }
}
