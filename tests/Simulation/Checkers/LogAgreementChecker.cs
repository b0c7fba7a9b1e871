// Promise 4: every replica's log is a prefix of one history. The first replica that applies an lsn decides what stands
// there; every other one must apply the same entry, the same object. Versions ascend with the log.

using IngoDB.Model;
using IngoDB.Replication.Logs;

namespace IngoDB.Simulation.Checkers;

internal sealed class LogAgreementChecker
{
    private readonly List<LogEntry> _committed = [];

    public LogEntry? Last => _committed.Count == 0 ? null : _committed[^1];

    public IReadOnlyList<LogEntry> Entries => _committed;

    public void Committed(string who, LogEntry entry)
    {
        var at = (int)entry.Lsn.Value - 1;
        if (at < _committed.Count)
        {
            if (!ReferenceEquals(_committed[at], entry)) throw new ViolationException("log agreement", $"{who} applies {entry.Lsn} of epoch {entry.Epoch}, where epoch {_committed[at].Epoch} is committed");
            return;
        }

        if (at > _committed.Count) throw new ViolationException("log agreement", $"{who} applies {entry.Lsn}, and only {_committed.Count} are committed anywhere");
        if (Last is { } last && entry.Version <= last.LastVersion) throw new ViolationException("log agreement", $"{entry.Lsn} has version {entry.Version}, which is not above {last.LastVersion}");
        _committed.Add(entry);
    }
}
