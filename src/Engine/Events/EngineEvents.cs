// What the engine does in the background, as events: a feature for operators, and the phase barriers of tests
// (wait for an event, never for time to pass). Handlers run on the thread of the deed and must be short.

namespace IngoDB.Engine.Events;

/// <summary>Began/Ended pairs of every background act. Thread-safe to subscribe before the engine starts.</summary>
public sealed class EngineEvents
{
    public event Action<EngineEvent>? Raised;

    internal void Raise(EngineEvent e) => Raised?.Invoke(e);
}

/// <summary>Base of all events; the list is closed.</summary>
public abstract record EngineEvent;

public sealed record FlushBegan(long Entries, long Bytes) : EngineEvent;

/// <summary>A memtable is on disk as these tables: none when nothing of it needs to be kept, several when it was large.</summary>
public sealed record FlushEnded(IReadOnlyList<ulong> Tables, long Entries, long FileBytes) : EngineEvent;

public sealed record CompactionBegan(IReadOnlyList<ulong> Inputs, int Level) : EngineEvent;

public sealed record CompactionEnded(IReadOnlyList<ulong> Inputs, IReadOnlyList<ulong> Outputs, long BytesRead, long BytesWritten, long EntriesDropped) : EngineEvent;

public sealed record IndexDefined(string Index, string Cause) : EngineEvent;

public sealed record IndexBuilt(string Index, ulong Table, long Entries) : EngineEvent;

/// <summary>Walks step by it from now on.</summary>
/// <param name="Link">Like <c>routes.to -> routes.from</c>.</param>
/// <param name="Edges">Values at the field that it leaves by.</param>
public sealed record LinkMade(string Link, long Documents, long Edges, long Bytes) : EngineEvent;

/// <summary>Every table of the partition has the index.</summary>
public sealed record IndexReady(string Index) : EngineEvent;

public sealed record IndexDropped(string Index, string Cause) : EngineEvent;

/// <summary>Tables that are written from now on have a column for a field, like <c>people/address.city</c>; others are written again when there is time.</summary>
public sealed record ColumnWanted(string Field, string Cause) : EngineEvent;

/// <summary>Nobody asks for it any more: the next merge leaves it out.</summary>
public sealed record ColumnGivenUp(string Field) : EngineEvent;

/// <summary>W of compaction made a step towards what is cheaper for the work of late.</summary>
public sealed record ScalingMoved(int From, int To, string Cause) : EngineEvent;

/// <summary>A background act failed; it is retried after a pause. <paramref name="Fatal"/>: no more writes are acknowledged.</summary>
public sealed record BackgroundFailed(string Act, Exception Error, bool Fatal) : EngineEvent;

public sealed record RecoveryEnded(long Records, ulong LastLsn, bool TornTail) : EngineEvent;

public sealed record LogPoisoned(Exception Error) : EngineEvent;
