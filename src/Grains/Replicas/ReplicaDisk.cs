// The disk of one copy: a thread that does what the core wants done, one after the other, in the order in which it was wanted. Writes that
// came while a sync ran share the next one.
//
//   write write write │ cut │ write │ save │ ...
//   └─── one sync ────┘     └ sync ─┘  └ the state file, with what is synced by then
//
// The order is what makes the rules of docs/replication.md ("What a host must do") hold without any further thought: a cut is durable before anything
// is written behind it, what the state file calls synced goes back before the log does, and an older state never replaces a newer one.
//
// The first failure is the last thing that it says; whoever owns the copy opens it anew.

using IngoDB.Engine.Files;
using IngoDB.Replication.Effects;
using IngoDB.Replication.Events;
using IngoDB.Replication.Logs;

namespace IngoDB.Grains.Replicas;

/// <summary>Does deeds and reports them. Any thread may ask.</summary>
internal sealed class ReplicaDisk : IDisposable
{
    private readonly Lock _gate = new();
    private readonly IFileSystem _files;
    private readonly string _statePath;
    private readonly ReplicaLog _log;
    private readonly Action<ReplicaEvent> _report;
    private readonly Action<Exception> _failed;
    private readonly AutoResetEvent _wake = new(false);
    private readonly Thread _thread;
    private List<Deed> _asked = [];
    private List<Deed> _doing = [];
    private ReplicaFile _state;
    private long _generation;
    private bool _isDirty;
    private volatile bool _closed;
    private bool _disposed;

    /// <param name="files">The world.</param>
    /// <param name="folder">Of the copy.</param>
    /// <param name="state">What its state file says.</param>
    /// <param name="log">Its log.</param>
    /// <param name="generation">Of the log.</param>
    /// <param name="report">Hears of every deed, on this thread.</param>
    /// <param name="failed">Hears of the failure.</param>
    public ReplicaDisk(IFileSystem files, string folder, ReplicaFile state, ReplicaLog log, long generation, Action<ReplicaEvent> report, Action<Exception> failed)
    {
        (_files, _statePath, _state, _log, _generation, _report, _failed) = (files, Path.Combine(folder, ReplicaFile.Name), state, log, generation, report, failed);
        _thread = new Thread(Run) { IsBackground = true, Name = "IngoDB replica disk" };
    }

    public void Start() => _thread.Start();

    public void Write(IReadOnlyList<LogEntry> entries) => Ask(new WriteDeed(entries));

    public void Cut(CutLog cut) => Ask(new CutDeed(cut));

    public void Save(SaveState state) => Ask(new SaveDeed(state));

    /// <summary>Anything else that must not run beside a write.</summary>
    public void Do(Action deed) => Ask(new OtherDeed(deed));

    /// <summary>What was asked for is done first; nothing is reported any more when this returns.</summary>
    public void Dispose()
    {
        if (_disposed) return;
        _disposed = _closed = true;
        _wake.Set();
        if (_thread.IsAlive && _thread != Thread.CurrentThread) _thread.Join();
        _wake.Dispose();
    }

    private void Ask(Deed deed)
    {
        lock (_gate) _asked.Add(deed);
        // Who closes does not wait for what is asked after that.
        if (!_closed) _wake.Set();
    }

    private void Run()
    {
        try
        {
            while (true)
            {
                var closing = _closed;
                lock (_gate) (_asked, _doing) = (_doing, _asked);
                foreach (var deed in _doing) Do(deed);
                SyncWritten();
                var did = _doing.Count > 0;
                _doing.Clear();
                if (did) continue;
                if (closing) return;
                _wake.WaitOne();
            }
        }
        catch (Exception e)
        {
            // A disk that refused, or a bug: either way nothing more is written by this process of the copy.
            _failed(e);
        }
    }

    private void Do(Deed deed)
    {
        if (deed is WriteDeed write)
        {
            foreach (var entry in write.Entries) _log.Write(entry);
            _isDirty = true;
            return;
        }

        SyncWritten();
        switch (deed)
        {
            case CutDeed { Cut: var cut }:
                if (_state.Synced > cut.After.Value) Replace(_state with { Synced = cut.After.Value });
                _log.CutOnDisk(cut.After);
                _generation = cut.Generation;
                break;
            case SaveDeed { State: var save }:
                Replace(_state with { Adopted = save.Adopted.Value, IsWhole = save.IsWhole, Synced = _log.Synced.Value, Record = RecordFile.Of(save.Record) ?? _state.Record });
                _report(new StateSaved(save.Adopted, save.IsWhole));
                break;
            case OtherDeed other:
                other.Deed();
                break;
        }
    }

    private void SyncWritten()
    {
        if (!_isDirty) return;
        _isDirty = false;
        _report(new LogSynced(_log.Sync(), _generation));
    }

    private void Replace(ReplicaFile state)
    {
        CheckedFile.Replace(_files, _statePath, state, ReplicaJson.Default.ReplicaFile);
        _state = state;
    }

    private abstract record Deed;

    private sealed record WriteDeed(IReadOnlyList<LogEntry> Entries) : Deed;

    private sealed record CutDeed(CutLog Cut) : Deed;

    private sealed record SaveDeed(SaveState State) : Deed;

    private sealed record OtherDeed(Action Deed) : Deed;
}
