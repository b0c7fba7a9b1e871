// A session sees what it has seen: everything up to its token is in what it reads, and what it reads is committed.

namespace IngoDB.Simulation.Checkers;

internal sealed class SessionChecker
{
    private readonly List<SessionRead> _reads = [];

    public int Count => _reads.Count;

    public void Add(SessionRead read) => _reads.Add(read);

    public void Check(int key, FinalList final)
    {
        foreach (var read in _reads)
        {
            if (read.Key != key) continue;
            var seen = 0;
            foreach (var item in final.Items)
                if (item.Lsn <= read.Token) seen = item.Length;
            if (!final.HasPrefix(read.Head)) throw new ViolationException("session", $"key {key} was read with what was never committed");
            if ((read.Head?.Length ?? 0) < seen) throw new ViolationException("session", $"key {key} was read with {read.Head?.Length ?? 0} items by a session that had seen {seen}");
        }
    }
}
