// The least of many sorted runs, again and again: a tree of losers. Each inner node keeps who lost there, so that after the winner was taken
// only its way up is played again, one comparison a level:
//
//   winner: run 2           node 1: lost by 0
//                          ╱                 ╲
//                 node 2: lost by 1      node 3: lost by 3          leaves: runs 0 1 2 3
//
// Source: Knuth, The Art of Computer Programming, volume 3, 5.4.1.

using System.Runtime.CompilerServices;

namespace IngoDB.Engine.Indexing;

/// <summary>Merges the runs of a sorter. One thread.</summary>
internal sealed class RunMerge
{
    private const int Ahead = 4, None = -1;

    private readonly List<RecordRun> _runs;
    private readonly KeySorter _order;
    private readonly int[] _at;
    private readonly int[] _losers;
    private int _winner = None;

    /// <param name="runs">Each sorted; at least two.</param>
    public RunMerge(List<RecordRun> runs, KeySorter order)
    {
        (_runs, _order) = (runs, order);
        (_at, _losers) = (new int[runs.Count], new int[runs.Count]);
        Array.Fill(_losers, None);
        for (var run = 0; run < runs.Count; run++) Enter(run);
    }

    /// <summary>False: all were taken.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public bool TryTake(out KeySorter.Record record)
    {
        var run = _winner;
        var records = _runs[run].Records;
        if (_at[run] >= records.Length)
        {
            record = default;
            return false;
        }

        var at = _at[run]++;
        record = records[at];
        if (at + Ahead < records.Length) _order.PrefetchKeyOf(records[at + Ahead]);
        for (var node = (run + _runs.Count) / 2; node > 0; node /= 2)
            if (IsBefore(_losers[node], run)) (_losers[node], run) = (run, _losers[node]);
        _winner = run;
        return true;
    }

    /// <summary>Who comes to a node first waits there for the other.</summary>
    private void Enter(int run)
    {
        for (var node = (run + _runs.Count) / 2; node > 0; node /= 2)
        {
            if (_losers[node] == None)
            {
                _losers[node] = run;
                return;
            }

            if (IsBefore(_losers[node], run)) (_losers[node], run) = (run, _losers[node]);
        }

        _winner = run;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool IsBefore(int left, int right)
    {
        var mine = _runs[left].Records;
        var others = _runs[right].Records;
        if (_at[left] >= mine.Length) return false;
        return _at[right] >= others.Length || _order.IsBefore(mine[_at[left]], others[_at[right]]);
    }
}
