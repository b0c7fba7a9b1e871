// Promise 1 and linearizability, for one key at a time. Values are appended to a list and all are different, so the final list is
// the order in which appends took effect, and a read of length n stands between the n-th append and the next. Every
// operation then has a place on a line, and what is left to check is that the line agrees with real time: whatever ended
// before another began stands before it. That is complete: places are a total preorder, so an order of all operations that
// respects places and real time exists if and only if no pair contradicts it.
//
//     acknowledged   is in the list, once           refused or in conflict   is not
//     unknown        is in it at most once          conflict                 is also a read of a length

using IngoDB.Simulation.World;

namespace IngoDB.Simulation.Checkers;

internal sealed class ListHistoryChecker
{
    private readonly List<HistoryAppend> _appends = [];
    private readonly List<HistoryRead> _reads = [];

    public int AcknowledgedCount => _appends.Count(append => append.Fate == AppendFate.Done);

    public int ReadCount => _reads.Count;

    public IReadOnlyList<HistoryAppend> Appends => _appends;

    public void Add(HistoryAppend append) => _appends.Add(append);

    public void Add(HistoryRead read) => _reads.Add(read);

    /// <param name="key">The key.</param>
    /// <param name="final">What a strict read gave when everything was over.</param>
    public void Check(int key, FinalList final)
    {
        var events = new List<(TimeSpan Began, TimeSpan Ended, int Place, bool IsAppend, string What)>();
        foreach (var append in _appends)
        {
            if (append.Key != key && append.OtherKey != key) continue;
            CheckFate(key, append, final);
            var place = final.PlaceOf(append.Value);
            // An append at place p stands at 2p, a read of length n at 2n + 1.
            if (place > 0) events.Add((append.Began, append.Ended, 2 * place, true, $"append of {append.Value}"));
            else if (append.Fate == AppendFate.Conflict && append.Key == key) events.Add((append.Began, append.Ended, (2 * append.ConflictLength) + 1, false, $"conflict of {append.Value} at length {append.ConflictLength}"));
        }

        foreach (var read in _reads)
        {
            if (read.Key != key) continue;
            if (!final.HasPrefix(read.Head)) throw new ViolationException("linearizability", $"a strict read of key {key} gave a list that is no prefix of the final one, at length {read.Head!.Length}");
            events.Add((read.Began, read.Ended, (2 * (read.Head?.Length ?? 0)) + 1, false, $"read of length {read.Head?.Length ?? 0}"));
        }

        CheckRealTime(key, events);
    }

    private static void CheckFate(int key, HistoryAppend append, FinalList final)
    {
        var times = final.TimesOf(append.Value);
        if (append.Fate == AppendFate.Done && times == 0) throw new ViolationException("durability", $"the append of {append.Value} to key {key} was acknowledged at {append.Ended} and is lost");
        if (append.Fate is AppendFate.Refused or AppendFate.Conflict && times > 0) throw new ViolationException("durability", $"the append of {append.Value} to key {key} was told not to have happened, and is there");
        if (times > 1) throw new ViolationException("exactly once", $"the append of {append.Value} to key {key} is there {times} times");
    }

    /// <summary>Going through beginnings in time, the greatest place of all that had ended by then must not be passed from below.</summary>
    private static void CheckRealTime(int key, List<(TimeSpan Began, TimeSpan Ended, int Place, bool IsAppend, string What)> events)
    {
        var byEnd = events.OrderBy(e => e.Ended).ToList();
        var ended = 0;
        var (greatest, what) = (-1, "");
        foreach (var e in events.OrderBy(e => e.Began))
        {
            while (ended < byEnd.Count && byEnd[ended].Ended < e.Began)
            {
                if (byEnd[ended].Place > greatest) (greatest, what) = (byEnd[ended].Place, byEnd[ended].What);
                ended++;
            }

            if (e.Place < greatest) throw new ViolationException("linearizability", $"key {key}: the {e.What}, begun at {e.Began}, does not see the {what}, which had ended");
        }
    }
}
