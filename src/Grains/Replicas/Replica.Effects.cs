// What the core wants done.

using IngoDB.Model;
using IngoDB.Replication.Effects;
using IngoDB.Replication.Events;
using IngoDB.Replication.Logs;
using IngoDB.Replication.Messages;
using Microsoft.Extensions.Logging;

namespace IngoDB.Grains.Replicas;

internal sealed partial class Replica
{
    private const long AppendBytesMax = 1 << 20;

    private long _alarms;
    private string? _latestAlarm;

    private void StepLocked(ReplicaEvent what)
    {
        var now = Now();
        var before = _core.Record;
        foreach (var effect in _core.Step(what, now)) PerformLocked(effect);
        if (!ReferenceEquals(before, _core.Record)) Tell(RecordEvents.Between(before, _core.Record, Copy));
        if (_core.Adopted != _adopted) (_adopted, _adoptedAt) = (_core.Adopted, now.Steady);
    }

    private void PerformLocked(ReplicaEffect effect)
    {
        switch (effect)
        {
            case Send send: _world.Send(send.Envelope); break;
            case SendAppend append: SendEntries(append); break;
            case SendSnapshot snapshot: SendCopy(snapshot); break;
            case WriteEntries write:
                _log.Add(write.Entries);
                _disk.Write(write.Entries);
                break;
            case CutLog cut:
                _log.Cut(cut.After);
                _disk.Cut(cut);
                break;
            case SaveState state: _disk.Save(state); break;
            case InstallSnapshot install: _world.Install(install.Snapshot); break;
            case Commit commit: _applier.Commit(commit.UpTo); break;
            case Accepted accepted: _accepted = accepted.Lsn; break;
            case Declined: break;
            case ServeRead read: ServeLocked(read); break;
            case RefuseRead read: RefuseLocked(read); break;
            case ReadCatalog read: Ask(async token => await _world.Catalog.ReadAsync(read.Read, token).ConfigureAwait(false)); break;
            case SwapCatalog swap: Ask(async token => (ReplicaEvent?)await _world.Catalog.SwapAsync(swap.Etag, swap.Record, token).ConfigureAwait(false)); break;
            case BeganServing began: BeginServingLocked(began.Epoch); break;
            case StoppedServing: StopServingLocked(null); break;
            case Reopen reopen: Fail(new UnavailableException("copy.discarded", $"{_world.Name}, copy {Copy}: {reopen.Why}.")); break;
            case Dropped: _world.Drop(); break;
            case Alarm alarm: Raise(alarm); break;
            default: throw new InvariantViolationException($"no host knows {effect.GetType().Name}");
        }
    }

    /// <summary>What is in memory goes at once. What must be read back from disk is not here: it is asked for again and again until it was.</summary>
    private void SendEntries(SendAppend append)
    {
        var first = append.Head.Prev.Next;
        if (append.Last < first)
        {
            _world.Send(new(append.From, append.To, append.Head));
            return;
        }

        var entries = _log.Read(first, append.Last, AppendBytesMax);
        if (entries.Count > 0) _world.Send(new(append.From, append.To, append.Head with { Entries = entries }));
    }

    private void Ask(Func<CancellationToken, Task<ReplicaEvent?>> question) => _ = Task.Run(async () =>
    {
        try
        {
            if (await question(_closing.Token).ConfigureAwait(false) is { } answer) Post(answer);
        }
        catch (OperationCanceledException)
        {
            // The copy is being closed.
        }
        catch (ObjectDisposedException)
        {
            // It has been.
        }
        catch (Exception e)
        {
            // A record that contradicts itself: nothing can be decided on it.
            LogCatalogFailed(_world.Logger, _world.Name, e);
        }
    });

    private void Tell(RecordEvents events)
    {
        if (events.TookOver)
        {
            _world.Metrics.TookOver(_world.Database);
            LogTookOver(_world.Logger, _world.Name, Copy, _core.Record!.Epoch.Value, _core.Record.Isr);
        }

        foreach (var copy in events.Joined)
        {
            _world.Metrics.Joined(_world.Database);
            LogJoined(_world.Logger, _world.Name, copy, _core.Record!.Isr.Count, _core.Record.Replicas.Count);
        }

        foreach (var copy in events.Left)
        {
            _world.Metrics.Left(_world.Database);
            LogLeft(_world.Logger, _world.Name, copy, _core.Record!.Isr.Count, _core.Record.Replicas.Count);
        }
    }

    private void Raise(Alarm alarm)
    {
        _world.Metrics.Raised(_world.Database, alarm.Kind);
        _alarms++;
        _latestAlarm = $"{alarm.Kind}: {alarm.Detail}";
        LogAlarm(_world.Logger, _world.Name, Copy, alarm.Kind, alarm.Detail);
    }

    [LoggerMessage(EventId = 3101, Level = LogLevel.Error, Message = "{Partition}, copy {Copy}: {Alarm}: {Detail}")]
    private static partial void LogAlarm(ILogger logger, string partition, Replication.Members.CopyId copy, AlarmKind alarm, string detail);

    [LoggerMessage(EventId = 3106, Level = LogLevel.Information, Message = "{Partition}: copy {Copy} has taken over, epoch {Epoch}, in sync {InSync}")]
    private static partial void LogTookOver(ILogger logger, string partition, Replication.Members.CopyId copy, long epoch, Replication.Members.NodeSet inSync);

    [LoggerMessage(EventId = 3107, Level = LogLevel.Information, Message = "{Partition}: copy {Copy} is in sync; {InSync} of {Wanted} are")]
    private static partial void LogJoined(ILogger logger, string partition, Replication.Members.CopyId copy, int inSync, int wanted);

    [LoggerMessage(EventId = 3108, Level = LogLevel.Warning, Message = "{Partition}: copy {Copy} is not in sync any more; {InSync} of {Wanted} are")]
    private static partial void LogLeft(ILogger logger, string partition, Replication.Members.CopyId copy, int inSync, int wanted);

    [LoggerMessage(EventId = 3109, Level = LogLevel.Warning, Message = "{Partition} refuses requests: {Why}")]
    private static partial void LogRefuses(ILogger logger, string partition, string why);

    [LoggerMessage(EventId = 3102, Level = LogLevel.Error, Message = "{Partition}: its record in the catalog can not be used")]
    private static partial void LogCatalogFailed(ILogger logger, string partition, Exception error);
}
