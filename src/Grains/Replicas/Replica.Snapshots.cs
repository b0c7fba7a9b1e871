// Snapshots given and taken, and the end of the log that nobody needs any more.

using IngoDB.Model;
using IngoDB.Replication;
using IngoDB.Replication.Effects;
using IngoDB.Replication.Events;
using IngoDB.Replication.Logs;
using IngoDB.Replication.Messages;
using Microsoft.Extensions.Logging;

namespace IngoDB.Grains.Replicas;

internal sealed partial class Replica
{
    private readonly SnapshotExports _exports;
    private bool _isTrimming;
    private bool _isDetached;

    public SnapshotPiece Read(SnapshotPieceRequest request) => _exports.Read(request);

    /// <summary>Ends this shell and gives its core to the next, which continues with another content. Deeds under way are done and heard of first.</summary>
    public async Task<ReplicaCore> DetachAsync()
    {
        lock (_gate) _isDetached = true;
        await Task.Run(_disk.Dispose).ConfigureAwait(false);
        await DisposeAsync().ConfigureAwait(false);
        return _core;
    }

    private void SendCopy(SendSnapshot wanted)
    {
        if (_exports.Find(wanted.AtLeast, out var make) is { } snapshot) _world.Send(new(wanted.From, wanted.To, snapshot with { Epoch = wanted.Epoch }));
        if (make) _ = Task.Run(() => ExportAsync(wanted.Epoch));
    }

    private async Task ExportAsync(Epoch epoch)
    {
        try
        {
            var path = _exports.NextFolder();
            var upTo = await _applier.BetweenAsync(() => Engine.LinkToAsync(path, _closing.Token)).ConfigureAwait(false);
            Snapshot snapshot;
            lock (_gate)
            {
                var log = _core.Log;
                snapshot = new(epoch, upTo, log.History.CutAfter(upTo), log.Ceiling, VersionAt(upTo), Content: "");
            }

            _exports.Made(snapshot, path);
        }
        catch (Exception e)
        {
            // The copy is being closed, or its disk refuses, which others will notice: the core asks again.
            _exports.NotMade();
            LogNotExported(_world.Logger, _world.Name, e);
        }
    }

    private DocumentVersion VersionAt(Lsn lsn) => _log.Read(lsn, lsn, 1) is [var entry] ? entry.LastVersion : _baseVersion;

    /// <summary>Some segments more than are kept: what the tables hold durably can go.</summary>
    private void TrimLocked()
    {
        if (_isTrimming || _log.Bytes <= _world.LogBytesKept * 2) return;
        _isTrimming = true;
        var upTo = _exports.Oldest is { } needed ? Lsn.Min(needed, _applied) : _applied;
        _ = Task.Run(async () =>
        {
            try
            {
                await Engine.SyncAsync().ConfigureAwait(false);
                _disk.Do(() =>
                {
                    var trimmed = _log.Trim(upTo, _world.LogBytesKept, Describe);
                    Report(new LogTrimmed(trimmed));
                    lock (_gate) _isTrimming = false;
                });
            }
            catch (Exception e) when (e is IngoDBException or IOException or ObjectDisposedException)
            {
                // The engine's disk refuses: the applier will say so. Nothing was trimmed.
            }
        });
    }

    private LogBaseFile Describe(Lsn upTo)
    {
        lock (_gate)
        {
            _baseVersion = VersionAt(upTo);
            return LogBaseFile.Of(upTo, _baseVersion.Raw, _core.Log.Ceiling.Raw, _core.Log.History.CutAfter(upTo));
        }
    }

    [LoggerMessage(EventId = 3103, Level = LogLevel.Information, Message = "{Partition}: no snapshot was made for another copy")]
    private static partial void LogNotExported(ILogger logger, string partition, Exception error);
}
