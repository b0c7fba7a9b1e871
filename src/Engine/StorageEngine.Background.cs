// Flush, compaction, index builds and advice. The deciders are pure (UnifiedCompaction, IndexAdvisor), the runners
// return a VersionEdit; here they are called and their edits published. The same private methods serve background
// threads and the calls that tests and tools make by hand, so there is one way to do each thing.
//
//   _flushGate   one flush at a time, oldest memtable first (the log is released in that order)
//   _workGate    one compaction at a time
//   _buildGate   one index at a time (StorageEngine.Builds.cs); a table that is merged meanwhile makes its file useless, not wrong

using System.Collections.Immutable;
using IngoDB.Engine.Adjacency;
using IngoDB.Engine.Columns;
using IngoDB.Engine.Compaction;
using IngoDB.Engine.Cursors;
using IngoDB.Engine.Events;
using IngoDB.Engine.Flushing;
using IngoDB.Engine.Indexing;
using IngoDB.Engine.Manifests;
using IngoDB.Engine.Memtables;
using IngoDB.Engine.Sstables;
using IngoDB.Model;

namespace IngoDB.Engine;

public sealed partial class StorageEngine
{
    private readonly Lock _flushGate = new();
    private readonly Lock _workGate = new();
    private readonly CancellationTokenSource _stopping = new();
    private BackgroundScheduler? _ownScheduler;
    private BackgroundActivity? _flushing;
    private BackgroundActivity? _working;
    private BackgroundActivity? _building;
    private TaskCompletionSource _flushed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ImmutableHashSet<TableId> _damaged = [];
    private string? _lastBackgroundError;
    private QuietWatch? _quiet;
    private ITimer? _looking;
    private long _writeDelayTicks;

    /// <summary>How many wait for all work to be done: they do it themselves and at full speed, the background leaves it to them.</summary>
    private int _awaited;

    /// <summary>Seals the memtable and writes it as a table; returns when it is one.</summary>
    public Task FlushAsync(CancellationToken cancellationToken = default) => ByHand(() =>
    {
        _pipeline.BetweenGroups(SealLocked);
        while (FlushOldest(cancellationToken)) cancellationToken.ThrowIfCancellationRequested();
    });

    /// <summary>Compacts until the strategy rests; <paramref name="everything"/> merges all tables, whatever they look like.</summary>
    public Task CompactAsync(bool everything = false, CancellationToken cancellationToken = default) => ByHand(() =>
    {
        if (everything) Compact(UnifiedCompaction.ChooseEverything, paced: false, quiet: false, cancellationToken);
        else CompactUntilRest(quiet: false, cancellationToken);
    });

    /// <summary>Builds what is defined and missing, and the links that walks have paid for; returns when all are ready.</summary>
    public Task BuildIndexesAsync(CancellationToken cancellationToken = default) => ByHand(() =>
    {
        while (BuildNextIndex(cancellationToken) || MakeNextLink(cancellationToken)) cancellationToken.ThrowIfCancellationRequested();
    });

    /// <summary>Flushes, builds and compacts until nothing is left to do. New tables are warmed afterwards, beside whatever comes next.</summary>
    public async Task SettleAsync(CancellationToken cancellationToken = default)
    {
        await FlushAsync(cancellationToken).ConfigureAwait(false);
        await BuildIndexesAsync(cancellationToken).ConfigureAwait(false);
        await ByHand(() => CompactUntilRest(quiet: true, cancellationToken)).ConfigureAwait(false);
        _quiet?.BeginNow();
        if (Options.BackgroundWork) RequestWork();
        else await WarmAsync(cancellationToken).ConfigureAwait(false);
    }

    private void StartBackground()
    {
        if (!Options.BackgroundWork) return;
        var scheduler = Options.Background ?? (_ownScheduler = new BackgroundScheduler());
        _flushing = new(scheduler.RunFlush, () => FlushOldest(_stopping.Token), e => BackgroundWorkFailed("flush", e), Options.Time);
        _working = new(scheduler.RunWork, DoNext, e => BackgroundWorkFailed("compaction", e), Options.Time);
        _building = new(scheduler.RunBuild, () => FollowAdvice() || BuildNextIndex(_stopping.Token) || RehearseBuild(_stopping.Token), e => BackgroundWorkFailed("index build", e), Options.Time);
        // What comes every day at nine is prepared at eight, when nobody asks anything.
        if (Options.Learning == LearningMode.On) _looking = Options.Time.CreateTimer(_ => RequestLook(), null, LookAgainAfter, LookAgainAfter);
        _quiet = new(Options.Time, () => Visible, BecomeQuiet);
        _quiet.Watch();
        RequestWork();
        RequestLook();
    }

    /// <summary>The most urgent of what there is to do; false when there is nothing.</summary>
    private bool DoNext()
        => (Options.Learning != LearningMode.Off && ExtendHot()) || AdvanceScaling() is not null || SealWhatIndexesMiss() || MakeNextLink(_stopping.Token) || CompactBeside(_stopping.Token)
            || (_quiet is { IsQuiet: true } && WarmNextTable(_stopping.Token)) || SaveStatisticsWhenOld();

    private void BecomeQuiet()
    {
        Volatile.Write(ref _nextMemtable, null);
        RequestWork();
    }

    private async Task StopBackgroundAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        _quiet?.Dispose();
        _looking?.Dispose();
        if (_flushing is not null) await _flushing.StopAsync().ConfigureAwait(false);
        if (_working is not null) await _working.StopAsync().ConfigureAwait(false);
        if (_building is not null) await _building.StopAsync().ConfigureAwait(false);
        _ownScheduler?.Dispose();
        _flushing?.Dispose();
        _working?.Dispose();
        _building?.Dispose();
        Interlocked.Exchange(ref _flushed, new()).TrySetResult();
    }

    /// <summary>Without background work nothing runs beside anything else, so that a test replays.</summary>
    private int ThreadsWhenAwaited => Options.BackgroundWork ? Options.MergeThreadsMax : 1;

    private void RequestFlush() => _flushing?.Request();

    private void RequestWork() => _working?.Request();

    /// <summary>Indexes may be missing.</summary>
    private void RequestBuild() => _building?.Request();

    /// <summary>Waits until a flush ended, or for <paramref name="patience"/>.</summary>
    private async Task WaitForFlushAsync(TimeSpan patience, CancellationToken cancellationToken)
    {
        var flushed = Volatile.Read(ref _flushed).Task;
        if (!MustWait) return;
        try
        {
            await flushed.WaitAsync(patience, Options.Time, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // The caller looks at the clock itself and answers Busy.
        }
    }

    private bool FlushOldest(CancellationToken cancellationToken)
    {
        lock (_flushGate)
        {
            Memtable oldest;
            ulong nextSegment;
            lock (_stateLock)
            {
                if (_state.Sealed.IsEmpty) return false;
                oldest = _state.Sealed[^1];
                Invariant.Holds(ReferenceEquals(_segments[0].Memtable, oldest));
                nextSegment = _segments[1].Segment;
            }

            FlushMemtable(oldest, nextSegment, cancellationToken);
            _log.Release(nextSegment);
            Interlocked.Exchange(ref _flushed, new(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
            RequestWork();
            RequestLook();
            return true;
        }
    }

    private void FlushMemtable(Memtable memtable, ulong oldestLogSegment, CancellationToken cancellationToken)
    {
        var watermark = _snapshots.Advance(Visible);
        var runner = new FlushRunner(Events, Options.TableBytesMax, Volatile.Read(ref _awaited) > 0 ? ThreadsWhenAwaited : 1) { RequestsFrom = RequestsFrom };
        var edit = runner.Run(_state, memtable, watermark, NewTable, cancellationToken);
        _log.Sync(); // The manifest names a segment as the oldest only when its head is durable.
        _queries.Statistics.Tree.CountWritten(edit.TablesAdded.Sum(table => table.UserBytes));
        Publish(edit with { OldestLogSegment = oldestLogSegment, ClockCeiling = _pipeline.DurableCeiling, RetentionWatermark = watermark }, memtable);
        LookAtDebt();
        _quiet?.Watch();
    }

    private DocumentVersion RequestsFrom => RequestLedger.ForgottenBelow(_clock.Now(), Options.RequestRetention);

    private void LookAtDebt()
    {
        if (!Options.BackgroundWork) return;
        var view = CompactionView.Of(_state, _snapshots.Watermark, _damaged, Options.MemtableBytes, Options.TableBytesMax);
        Volatile.Write(ref _writeDelayTicks, WriteThrottle.DelayOf(UnifiedCompaction.DebtBytes(view), view.FlushBytes).Ticks);
    }

    private void CompactUntilRest(bool quiet, CancellationToken cancellationToken)
    {
        while (Compact(UnifiedCompaction.Choose, paced: false, quiet, cancellationToken)) cancellationToken.ThrowIfCancellationRequested();
    }

    /// <summary>While others work.</summary>
    private bool CompactBeside(CancellationToken cancellationToken)
        => Volatile.Read(ref _awaited) == 0 && Compact(UnifiedCompaction.Choose, paced: true, _quiet is { IsQuiet: true }, cancellationToken);

    private bool Compact(Func<CompactionView, CompactionChoice> choose, bool paced, bool quiet, CancellationToken cancellationToken)
    {
        lock (_workGate)
        {
            var state = _state;
            var watermark = _snapshots.Advance(Visible);
            var view = CompactionView.Of(state, watermark, _damaged, Options.MemtableBytes, Options.TableBytesMax) with { IsQuiet = quiet, Lacking = quiet ? LackingColumns(state) : [] };
            if (choose(view) is not CompactionChoice.Merge merge) return false;
            try
            {
                var pacer = paced ? new DebtPacer(Options.Time, UnifiedCompaction.DebtBytes(view), view.FlushBytes, isAwaited: () => Volatile.Read(ref _awaited) > 0) : IBackgroundPacer.None;
                var runner = new CompactionRunner(Events, pacer, Options.TableBytesMax, paced ? 1 : ThreadsWhenAwaited) { RequestsFrom = RequestsFrom };
                var edit = runner.Run(state, merge, watermark, NewTable, cancellationToken);
                Publish(edit with { RetentionWatermark = watermark }, flushed: null);
                LookAtDebt();
                RequestLook();
                return true;
            }
            catch (CorruptionException e) when (DamagedInput(merge, e) is { } damaged)
            {
                // The damaged table stays as it is, named, and is not tried again: its other blocks still serve.
                ImmutableInterlocked.Update(ref _damaged, static (known, id) => known.Add(id), damaged);
                BackgroundWorkFailed("compaction", e);
                return true;
            }
        }
    }

    private bool MakeNextLink(CancellationToken cancellationToken)
    {
        lock (_workGate)
        {
            try
            {
                if (_links.MakeNext(_state, cancellationToken) is not { } made) return false;
                if (made.Link is { } link) Events.Raise(new LinkMade(made.Name.Text(NameOf), link.From.Count, link.KeysOf.Total, link.Bytes));
                return true;
            }
            catch (CorruptionException e)
            {
                // Walks go on as they did; who needs the block is told.
                BackgroundWorkFailed("link", e);
                return true;
            }
        }
    }

    private IndexRoutes IndexRoutes => field ?? Interlocked.CompareExchange(ref field, new(info => Sstable.Open(_files, _directory, info, _shapes, _cache)), null) ?? field;

    private ITableWriter NewTable(ColumnInputs inputs) => new IndexingTableWriter(_files, _directory, new TableId(NextFileNumber()),
        new SstableOptions(Options.BlockBytes, Columns: Options.Columns, ColumnRowsMin: Options.ColumnRowsMin) { WantedColumns = _queries.Statistics.Wanted.Of }, [.. _state.Manifest.Indexes.Values.Select(definition => new IndexKeys(definition, HotRangesOf(definition)))], inputs, IndexRoutes);

    /// <summary>Opens the tables that an edit adds, logs and publishes it, and removes the files that it drops.</summary>
    private void Publish(VersionEdit edit, Memtable? flushed)
    {
        var dropped = _state.Tables.Where(t => edit.TablesRemoved.Contains(t.Info.Id)).ToList();
        var added = edit.TablesAdded.Select(info => Sstable.Open(_files, _directory, info, _shapes, _cache, isNew: true)).ToList();
        PublishEdit(edit with { NextFileNumber = Volatile.Read(ref _nextFileNumber) }, added, flushed);
        foreach (var table in dropped) Remove(table);
        foreach (var info in edit.TablesAdded) ChargeIndexes(info);
    }

    /// <summary>What flushes and merges write for indexes is what those have to pay back; the first build is their price.</summary>
    private void ChargeIndexes(TableInfo table)
    {
        foreach (var written in table.Indexes)
            if (_state.Manifest.Indexes.TryGetValue(written.Index, out var index)) _queries.Statistics.RecordIndexUpkeep(index.Collection, index.Fields, written.EntryCount);
    }

    /// <summary>Names go at once (R2: the edit is durable); readers of an older state keep the handle until they let go of it.</summary>
    private void Remove(Sstable table)
    {
        _queries.Detach(table.Info.Id);
        _links.Forget(table.Info.Id);
        table.LeaveCache();
        _files.Delete(PathOf(table.Info.FileName));
        foreach (var name in _files.ListFiles(_directory))
            if (name.StartsWith(table.Info.FileName[..^3], StringComparison.Ordinal)) _files.Delete(PathOf(name));
    }

    private static TableId? DamagedInput(CompactionChoice.Merge merge, CorruptionException e)
    {
        foreach (var input in merge.Inputs)
            if (Path.GetFileName(e.File) == input.FileName) return input.Id;
        return null;
    }

    /// <summary>Its table serves without it.</summary>
    private void IndexDamaged(Exception error)
    {
        _lastBackgroundError = $"index: {error.Message}";
        Events.Raise(new BackgroundFailed("index", error, Fatal: false));
    }

    private void BackgroundWorkFailed(string act, Exception error)
    {
        if (error is OperationCanceledException && _closed) return;
        _lastBackgroundError = $"{act}: {error.Message}";
        Events.Raise(new BackgroundFailed(act, error, Fatal: _pipeline.IsPoisoned));
    }

    /// <summary>On a thread of its own when the engine has threads; on the caller's when everything is driven by hand.</summary>
    private async Task ByHand(Action act)
    {
        ThrowIfClosed();
        if (!Options.BackgroundWork)
        {
            act();
            return;
        }

        Interlocked.Increment(ref _awaited);
        try
        {
            await Task.Factory.StartNew(act, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).ConfigureAwait(false);
        }
        finally
        {
            Interlocked.Decrement(ref _awaited);
            RequestWork();
        }
    }
}
