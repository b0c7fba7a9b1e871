// The write path up to the pipeline: everything that can be wrong with a write is found here, on its caller's
// thread, before anything is queued; what is left to decide in log order is only the conditions.

using IngoDB.Engine.Entries;
using IngoDB.Engine.Events;
using IngoDB.Engine.Memtables;
using IngoDB.Model;

namespace IngoDB.Engine;

public sealed partial class StorageEngine
{
    private static readonly TimeSpan StallMax = TimeSpan.FromSeconds(10);

    private volatile Task _preparing = Task.CompletedTask;

    private long _pausedUntil;
    private long _pausedAtPiece;

    /// <summary>With memory for as much as the active one will hold; null: not made, or given up when nobody wrote any more.</summary>
    private Memtable? _nextMemtable;

    /// <summary>Results in the order of the writes. Atomic: all or none, one version for all.</summary>
    /// <exception cref="InvalidRequestException">Unknown collection, reserved field, bad <c>_expires</c>, over a limit; nothing was written.</exception>
    /// <exception cref="BusyException">Background work is too far behind; nothing was written.</exception>
    /// <exception cref="UnavailableException"><c>engine.poisoned</c>: the disk failed; nothing more is acknowledged.</exception>
    /// <exception cref="UnknownOutcomeException">The disk failed while this write was on its way.</exception>
    public ValueTask<WriteResult[]> WriteAsync(IReadOnlyList<EngineWrite> writes, bool atomic = false, Durability? durability = null, CancellationToken cancellationToken = default)
        => WriteOnceAsync(default, writes, atomic, durability, cancellationToken);

    /// <summary>The same for a request that has a name: it is done once, and however often it comes, the answer is the first one.</summary>
    /// <param name="key">Remembered with the writes for <see cref="EngineOptions.RequestRetention"/>.</param>
    /// <param name="writes">The same each time.</param>
    /// <exception cref="UnknownOutcomeException">Also: the request is older than what is remembered.</exception>
    public ValueTask<WriteResult[]> WriteOnceAsync(RequestKey key, IReadOnlyList<EngineWrite> writes, bool atomic = false, Durability? durability = null, CancellationToken cancellationToken = default)
    {
        ThrowIfClosed();
        cancellationToken.ThrowIfCancellationRequested();
        if (writes.Count == 0) return new([]);
        key.Check();
        Check(writes, atomic);
        var request = new CommitRequest(writes, atomic, durability is { } asked ? asked == Durability.Durable : IsDurable(writes), key);
        return HasToWait() ? CommitWhenThereIsRoomAsync(request, cancellationToken) : CommitAsync(request);
    }

    /// <summary>Everything acknowledged so far, buffered writes too, is on disk when it returns.</summary>
    public Task SyncAsync() => Task.Run(_pipeline.Sync);

    void ICommitTarget.Expect(ReadOnlySpan<byte> key) => _state.Active.PrefetchSlot(EntryKey.Hash(key));

    void ICommitTarget.Apply(ref BatchOperations operations, DocumentVersion baseVersion, bool expires)
    {
        if (expires) _mayExpire = true;
        _state.Active.Add(ref operations, baseVersion);
    }

    void ICommitTarget.Apply(in BatchOperation operation, DocumentVersion version)
    {
        if (operation.ExpiresAt != DocumentVersion.None) _mayExpire = true;
        _state.Active.Add(operation, version);
    }

    void ICommitTarget.Remembered() => _state.Active.RememberedCount++;

    void ICommitTarget.Publish(DocumentVersion newest)
    {
        Volatile.Write(ref _visible, newest.Raw);
        if (IsTimeToSeal(_state.Active.SizeBytes)) SealLocked();
    }

    void ICommitTarget.Poisoned(Exception cause) => Events.Raise(new LogPoisoned(cause));

    /// <summary>Under the commit lock: the active memtable and its log segment take no more; a flush will write them as a table.</summary>
    private void SealLocked()
    {
        if (_state.Active.EntryCount == 0) return;
        var segment = _log.PreparedSegment ?? NextFileNumber();
        _log.Rotate(segment);
        lock (_stateLock)
        {
            var active = Interlocked.Exchange(ref _nextMemtable, null) ?? new Memtable(_shapes);
            _segments.Add((active, segment));
            _state = _state with { Active = active, Sealed = _state.Sealed.Insert(0, _state.Active) };
        }

        PrepareNext(_state.Sealed[0]);
        RequestFlush();
    }

    /// <summary>Full, and the next segment is ready; if it never gets ready, a writer makes it when the memtable is twice as full.</summary>
    private bool IsTimeToSeal(long sizeBytes)
        => sizeBytes >= Options.MemtableBytes && (!Options.BackgroundWork || _log.PreparedSegment is not null || sizeBytes >= 2 * Options.MemtableBytes);

    /// <summary>The next segment and, when one has become full, the next memtable. On a thread of its own, since it waits for the disk and neither writers nor flushes should.</summary>
    private void PrepareNext(Memtable? full)
    {
        if (!Options.BackgroundWork || _closed) return;
        var segment = NextFileNumber();
        _preparing = Task.Factory.StartNew(() =>
        {
            try
            {
                if (full is not null && full.SizeBytes >= Options.MemtableBytes) Volatile.Write(ref _nextMemtable, full.MakeNext());
                _log.Prepare(segment);
            }
            catch (Exception e) when (e is StorageException or IOException or ObjectDisposedException)
            {
                // Whoever needs the segment makes it himself, and hears what is wrong.
                BackgroundWorkFailed("preparing a log segment", e);
            }
        }, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    private TimeSpan WriteDelay => new(Volatile.Read(ref _writeDelayTicks));

    private bool MustWait => Options.BackgroundWork && _state.Sealed.Length >= Options.SealedMemtablesMax;

    /// <summary>Before each write: whether it takes the way on which writes wait.</summary>
    private bool HasToWait() => WriteDelay > TimeSpan.Zero || (Options.BackgroundWork && _state.Sealed.Length >= Options.SealedMemtablesMax - 1 && (MustWait || IsPauseDue()));

    /// <summary>Flushes are one memtable from the wall: all writers pause after each piece that they have written, longer the nearer it comes.</summary>
    private bool IsPauseDue()
    {
        var now = Options.Time.GetTimestamp();
        if (now < Volatile.Read(ref _pausedUntil)) return true;
        var bytes = _state.Active.SizeBytes;
        var piece = bytes / WriteThrottle.PauseEveryBytes;
        if (Interlocked.Exchange(ref _pausedAtPiece, piece) == piece) return false;
        var pause = WriteThrottle.PauseOf(bytes, Options.MemtableBytes);
        Volatile.Write(ref _pausedUntil, now + (long)(pause.TotalSeconds * Options.Time.TimestampFrequency));
        return true;
    }

    private async ValueTask PauseAsync(CancellationToken cancellationToken)
    {
        var now = Options.Time.GetTimestamp();
        var until = Volatile.Read(ref _pausedUntil);
        if (now < until) await Task.Delay(Options.Time.GetElapsedTime(now, until), Options.Time, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask<WriteResult[]> CommitWhenThereIsRoomAsync(CommitRequest request, CancellationToken cancellationToken)
    {
        await WaitForRoomAsync(cancellationToken).ConfigureAwait(false);
        return await CommitAsync(request).ConfigureAwait(false);
    }

    private async ValueTask WaitForRoomAsync(CancellationToken cancellationToken)
    {
        var began = Options.Time.GetTimestamp();
        if (WriteDelay is var delay && delay > TimeSpan.Zero) await Task.Delay(delay, Options.Time, cancellationToken).ConfigureAwait(false);
        await PauseAsync(cancellationToken).ConfigureAwait(false);
        while (MustWait)
        {
            ThrowIfClosed();
            var left = StallMax - Options.Time.GetElapsedTime(began);
            if (left <= TimeSpan.Zero)
                throw new BusyException("Flushes are too far behind; nothing was written.", TimeSpan.FromSeconds(1));
            await WaitForFlushAsync(left, cancellationToken).ConfigureAwait(false);
        }
    }

    private void Check(IReadOnlyList<EngineWrite> writes, bool atomic)
    {
        var manifest = _state.Manifest;
        var collections = manifest.Collections;
        CollectionId knownCollection = default;
        var knownFrom = 0;
        Shape? knownShape = null;
        var bytes = 0L;
        for (var i = 0; i < writes.Count; i++)
        {
            var write = writes[i];
            if (write.Collection != knownCollection)
            {
                if (!collections.ContainsKey(write.Collection))
                    throw NoCollection(manifest, write.Collection, $"/writes/{i}");
                if (i > 0) _queries.Statistics.RecordWrites(knownCollection, i - knownFrom);
                (knownCollection, knownFrom) = (write.Collection, i);
            }

            if (write.Kind is WriteKind.Delete) continue;
            if (write.Kind is WriteKind.Patch)
            {
                if (write.Steps is null) throw new ArgumentException("A patch has steps.", nameof(writes));
                continue;
            }

            var shape = write.Shape ?? throw new ArgumentException($"A {write.Kind} has a row and its shape.", nameof(writes));
            if (write.Row.Length > RowFormat.DocumentBytesMax)
                throw new InvalidRequestException("document.too_large", $"A document has at most {RowFormat.DocumentBytesMax} bytes; this one has {write.Row.Length}.", $"/writes/{i}", "Split it, or keep large parts elsewhere");
            if (!ReferenceEquals(shape, knownShape) || shape.IsSelfDescribed) CheckNames(shape, write.Row.Span, i);
            knownShape = shape;
            Expiry.Check(shape, write.Row.Span);
            bytes += write.Row.Length;
        }

        _queries.Statistics.RecordWrites(knownCollection, writes.Count - knownFrom);
        if (atomic && bytes > LiquidLimits.AtomicBytesMax)
            throw new InvalidRequestException("batch.too_large", $"An atomic batch has at most {LiquidLimits.AtomicBytesMax} bytes of documents; this one has {bytes}.", "/writes", "Several batches, or one that is not atomic");
    }

    /// <summary>As durable as the most careful of its collections.</summary>
    private bool IsDurable(IReadOnlyList<EngineWrite> writes)
    {
        var collections = _state.Manifest.Collections;
        var byDefault = Options.Durability == Durability.Durable;
        CollectionId known = default;
        for (var i = 0; i < writes.Count; i++)
        {
            if (writes[i].Collection == known) continue;
            known = writes[i].Collection;
            if (collections.TryGetValue(known, out var collection) ? collection.Options.Buffered is { } buffered ? !buffered : byDefault : byDefault) return true;
        }

        return false;
    }

    /// <summary>In milliseconds; 0: its documents stay.</summary>
    private long LifetimeOf(CollectionId collection)
        => _state.Manifest.Collections.TryGetValue(collection, out var known) && known.Options.TimeToLive is { } life ? (long)life.TotalMilliseconds : 0;

    private static void CheckNames(Shape shape, ReadOnlySpan<byte> row, int write)
    {
        foreach (var reserved in (ReadOnlySpan<string>)[FieldNames.Id, FieldNames.Version])
        {
            var taken = shape.IsSelfDescribed ? !new RowReader(shape, row).Field(reserved).IsMissing : shape.OrdinalOf(reserved) >= 0;
            if (taken)
                throw new InvalidRequestException("document.reserved_field", $"'{reserved}' belongs to the database and is not a field to write.", $"/writes/{write}/document/{reserved}", suggestion: "Give the id beside the document; leave the version out");
        }
    }

    private PresentState ReadPresent(ReadOnlySpan<byte> key)
    {
        // What was applied and is not visible yet decides, too: it comes first in the log.
        var (state, applied) = (_state, _pipeline.Applied);
        return _queries.TryGet(state, new(applied, _mayExpire ? _clock.Now() : applied), key, out var hit) ? new(true, hit.Version, hit.Shape, hit.Row) : default;
    }
}
