// A bounded read lacks nothing that was acknowledged longer ago than its bound, whoever serves it, whatever the clocks say: their time jumps, and
// their speed differs by some percent, which is what a bound may be wrong by. What it shows is committed, and the version that it
// gives for a read of other partitions covers the same writes.

using IngoDB.Simulation.World;

namespace IngoDB.Simulation.Checkers;

internal sealed class BoundedChecker
{
    /// <summary>A clock that runs slow takes a second for this much less.</summary>
    private const double RateLeast = 0.95;

    private readonly List<BoundedRead> _reads = [];

    public int Count => _reads.Count;

    public void Add(BoundedRead read) => _reads.Add(read);

    public void Check(int key, FinalList final, IReadOnlyList<HistoryAppend> appends)
    {
        foreach (var read in _reads)
        {
            if (read.Key != key) continue;
            if (!final.HasPrefix(read.Head)) throw new ViolationException("bounded", $"key {key} was read with what was never committed");
            var oldest = read.Began - (read.Bound / RateLeast);
            foreach (var append in appends)
            {
                if ((append.Key != key && append.OtherKey != key) || append.Fate != AppendFate.Done || append.Ended >= oldest) continue;
                var place = final.PlaceOf(append.Value);
                if (place > (read.Head?.Length ?? 0)) throw new ViolationException("bounded", $"key {key}, read at {read.Began} and at most {read.Bound} old, lacks {append.Value}, which was acknowledged at {append.Ended}");
                if (place > 0 && final.Items[place - 1].Version > read.Version) throw new ViolationException("bounded", $"version {read.Version}, given at {read.Began} for reads at most {read.Bound} old, does not cover {append.Value}, which was acknowledged at {append.Ended}");
            }
        }
    }
}
