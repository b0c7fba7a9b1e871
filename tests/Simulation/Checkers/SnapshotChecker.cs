// Promise 2: a snapshot reads the same for ever, whoever serves it: exactly the items of the final list with versions up to it,
// no more and no fewer. So two reads of one snapshot are equal, and a batch, whose appends share a version, is in it whole
// or not at all. A reserved snapshot contains every write that was acknowledged before it was asked for.

namespace IngoDB.Simulation.Checkers;

internal sealed class SnapshotChecker
{
    private readonly List<SnapshotRead> _reads = [];

    public int Count => _reads.Count;

    public void Add(SnapshotRead read) => _reads.Add(read);

    public void Check(int key, FinalList final, IReadOnlyList<HistoryAppend> appends)
    {
        foreach (var read in _reads)
        {
            if (read.Key != key) continue;
            var length = read.Head?.Length ?? 0;
            var expected = 0;
            foreach (var item in final.Items)
                if (item.Version <= read.At) expected = item.Length;
            if (length != expected || !final.HasPrefix(read.Head)) throw new ViolationException("snapshot", $"key {key} at {read.At} was read with {length} items, and has {expected}");
            if (read.Reserved is not { } reserved) continue;
            foreach (var append in appends)
                if ((append.Key == key || append.OtherKey == key) && append.Fate == AppendFate.Done && append.Ended < reserved && final.PlaceOf(append.Value) > length) throw new ViolationException("snapshot", $"key {key} at {read.At} lacks {append.Value}, which was acknowledged before");
        }
    }
}
