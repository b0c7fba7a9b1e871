// Committed entries, applied to the tables in the order of the log. Beside the core, because an engine may have to wait for its flushes, and a
// copy that waits must still acknowledge what its log has; what is acknowledged is in the log, not in the tables.

using IngoDB.Engine;
using IngoDB.Model;
using IngoDB.Replication.Logs;

namespace IngoDB.Grains.Replicas;

/// <summary>The only one who writes to the engine of a copy.</summary>
internal sealed class ReplicaApplier(ReplicaLog log, StorageEngine engine, Lsn applied, Action<Lsn, DocumentVersion> done, Action<Exception> failed, TimeProvider time) : IAsyncDisposable
{
    private const long PieceBytesMax = 1 << 20;
    private static readonly TimeSpan BusyPause = TimeSpan.FromMilliseconds(20);

    private readonly SemaphoreSlim _signal = new(0);
    private readonly CancellationTokenSource _closing = new();
    private readonly SemaphoreSlim _applying = new(1);
    private Task _running = Task.CompletedTask;
    private long _commit;

    public void Start() => _running = Task.Run(RunAsync);

    /// <summary>Everything up to it is committed.</summary>
    public void Commit(Lsn upTo)
    {
        Volatile.Write(ref _commit, upTo.Value);
        if (_signal.CurrentCount == 0) _signal.Release();
    }

    /// <summary>Does something between two entries; gives what is applied then.</summary>
    public async Task<Lsn> BetweenAsync(Func<Task> deed)
    {
        await _applying.WaitAsync(_closing.Token).ConfigureAwait(false);
        try
        {
            await deed().ConfigureAwait(false);
            return applied;
        }
        finally
        {
            _applying.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync().ConfigureAwait(false);
        await _running.ConfigureAwait(false);
        await _applying.WaitAsync().ConfigureAwait(false);
        _applying.Dispose();
        _closing.Dispose();
        _signal.Dispose();
    }

    private async Task RunAsync()
    {
        try
        {
            while (true)
            {
                await _signal.WaitAsync(_closing.Token).ConfigureAwait(false);
                while (new Lsn(Volatile.Read(ref _commit)) is var commit && applied < commit) await ApplyAsync(commit).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // Closed.
        }
        catch (Exception e)
        {
            // Tables that do not take what is committed, or a log that can not be read: the copy is opened anew.
            failed(e);
        }
    }

    private async Task ApplyAsync(Lsn commit)
    {
        var entries = log.Read(applied.Next, commit, PieceBytesMax);
        Invariant.Holds(entries.Count > 0);
        await _applying.WaitAsync(_closing.Token).ConfigureAwait(false);
        try
        {
            foreach (var entry in entries)
            {
                if (entry.Kind == EntryKind.Batch) await ApplyAsync(entry).ConfigureAwait(false);
                applied = entry.Lsn;
            }
        }
        finally
        {
            _applying.Release();
        }

        done(applied, entries[^1].LastVersion);
    }

    private async Task ApplyAsync(LogEntry entry)
    {
        while (true)
        {
            try
            {
                await engine.ApplyCommittedAsync(entry.Version, entry.Payload, _closing.Token).ConfigureAwait(false);
                return;
            }
            catch (BusyException)
            {
                // Flushes are behind; what is committed waits for them, however long it takes.
                await Task.Delay(BusyPause, time, _closing.Token).ConfigureAwait(false);
            }
        }
    }
}
