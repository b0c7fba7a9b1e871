// Which bytes of the log somebody must write again, because they may lie in the page cache only, is known at the end of a replay:
// a later record tells how far an earlier one was synced. So the way there is marked, every so many bytes.

namespace IngoDB.Engine.Wal;

/// <summary>What a replay read, by segment and lsn.</summary>
internal sealed class ReplayedParts
{
    private const int MarkBytes = 64 * 1024;

    private readonly List<(ulong Segment, ulong Lsn, long From, long To)> _parts = [];

    /// <summary>A segment follows. Its head counts even if no record follows: the next log will refer to it.</summary>
    public void Begin(ulong segment) => _parts.Add((segment, 0, 0, WalFormat.HeaderBytes));

    /// <summary>A record of it.</summary>
    public void Add(ulong lsn, long from, long to)
    {
        var latest = _parts[^1];
        if (latest.Lsn == 0) _parts[^1] = (latest.Segment, lsn, 0, to);
        else if (latest.To - latest.From < MarkBytes) _parts[^1] = latest with { To = to };
        else _parts.Add((latest.Segment, lsn, from, to));
    }

    /// <summary>Where the records above this lsn lie, with what stands before them in their part.</summary>
    public IReadOnlyList<UnsyncedPart> After(ulong syncedLsn)
    {
        var unsynced = new List<UnsyncedPart>();
        for (var i = 0; i < _parts.Count; i++)
        {
            var (segment, lsn, from, to) = _parts[i];
            var isSynced = i + 1 < _parts.Count && _parts[i + 1].Lsn > 0 && _parts[i + 1].Lsn <= syncedLsn + 1;
            if (lsn > 0 && isSynced) continue;
            if (unsynced.Count > 0 && unsynced[^1].Segment == segment) unsynced[^1] = unsynced[^1] with { To = to };
            else unsynced.Add(new(segment, from, to));
        }

        return unsynced;
    }
}
