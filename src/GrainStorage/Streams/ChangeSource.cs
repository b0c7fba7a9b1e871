// The changes of one collection in one queue: what is new is read every time the runtime asks, and all who follow are woken when there is
// something for them. The place that is saved is the least that all of them have had; who takes the queue over begins there with those who have no
// place of their own. So it is at least once.
//
// The runtime hears of a stream, and looks for its subscribers, only when something comes in it. So each stream is woken at the start and every
// few seconds: who subscribes with an old token gets what is old although nothing is new.
//
// A subscriber without a token begins "now". The runtime makes his cursor some time after his call has returned; so now is a second or two
// before, and what he writes next comes.

using IngoDB.Model;
using Microsoft.Extensions.Logging;

namespace IngoDB.GrainStorage.Streams;

/// <summary>One per collection and queue. Cursors are added, read and removed from any thread; one caller looks.</summary>
internal sealed class ChangeSource(string collection, ChangePlaces places, TimeProvider time, ILogger logger)
{
    private const int WindowCharacters = 4 << 20;
    private static readonly TimeSpan WakeEvery = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan SaveEvery = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan SaveWhenIdleEvery = TimeSpan.FromMinutes(1);

    /// <summary>
    /// For so long nobody must have followed before it is taken that nobody does. After a failover the runtime may need minutes to find its subscribers again (each call to one
    /// that is on a silo that hangs takes half of one), and they begin at the place; a place that stays behind costs nothing but reading.
    /// </summary>
    private static readonly TimeSpan NobodyAfter = TimeSpan.FromMinutes(10);

    private static readonly TimeSpan NowReachesBack = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly List<ChangeCursor> _cursors = [];
    private readonly ChangePages _pages = new(collection, places, logger);
    private ChangeWindow? _window;
    private DocumentVersion _place;
    private DocumentVersion _saved;
    private bool _isBusy;
    private (DocumentVersion Before, DocumentVersion After, long At) _now;
    private long? _wokenAt;
    private long _savedAt;
    private long _followedAt;

    /// <summary>Everything up to here has been read.</summary>
    public DocumentVersion Until
    {
        get
        {
            lock (_lock) return _window?.Until ?? DocumentVersion.None;
        }
    }

    /// <summary>Reads what is new and saves the place now and then. Not null: those who follow are to be woken.</summary>
    public async Task<ChangeWake?> LookAsync()
    {
        if (_window is null) await BeginAsync().ConfigureAwait(false);
        if (await _pages.ReadAsync(Until).ConfigureAwait(false) is { } page) Add(page);
        if (time.GetElapsedTime(_savedAt) >= (_isBusy ? SaveEvery : SaveWhenIdleEvery)) await SaveAsync().ConfigureAwait(false);
        return Wake();
    }

    public Task<ChangeBatches?> ReadAsync(DocumentVersion after)
    {
        _isBusy = true;
        return _pages.ReadAsync(after);
    }

    /// <summary>False: that far back it must be read. Otherwise the next one, or none up to a version.</summary>
    public bool TryNext(DocumentVersion position, out ChangeBatch? next, out DocumentVersion until)
    {
        lock (_lock)
        {
            (next, until) = (null, position);
            if (_window is null) return true;
            if (!_window.Reaches(position)) return false;
            (next, until) = (_window.Next(position), _window.Until);
            return true;
        }
    }

    /// <param name="position">What is later is given; null: what is written from now on.</param>
    public ChangeCursor Follow(DocumentVersion? position)
    {
        lock (_lock)
        {
            var cursor = new ChangeCursor(this, position ?? _now.Before);
            _cursors.Add(cursor);
            return cursor;
        }
    }

    public void Remove(ChangeCursor cursor)
    {
        lock (_lock) _cursors.Remove(cursor);
    }

    public async Task SaveAsync()
    {
        (_savedAt, _isBusy) = (time.GetTimestamp(), false);
        if (_window is null || _place == _saved) return;
        var place = _place;
        await places.SaveAsync(collection, place).ConfigureAwait(false);
        _saved = place;
    }

    private async Task BeginAsync()
    {
        var place = await places.LoadAsync(collection).ConfigureAwait(false);
        var now = time.GetTimestamp();
        (_place, _saved, _savedAt, _followedAt, _now) = (place, place, now, now, (place, place, now));
        lock (_lock) _window = new(place, WindowCharacters);
    }

    private void Add(ChangeBatches page)
    {
        lock (_lock)
        {
            _isBusy |= page.Batches.Count > 0;
            _window!.Add(page);
            if (time.GetElapsedTime(_now.At) >= NowReachesBack) _now = (_now.After, _window.Until, time.GetTimestamp());
            if (_cursors.Count > 0) (_place, _followedAt) = (_cursors.Min(cursor => cursor.Delivered), time.GetTimestamp());
            else if (time.GetElapsedTime(_followedAt) >= NobodyAfter) _place = _window.Until;
        }
    }

    private ChangeWake? Wake()
    {
        lock (_lock)
        {
            var isDue = _wokenAt is not { } at || time.GetElapsedTime(at) >= WakeEvery;
            if (!isDue && !_cursors.Exists(cursor => cursor.HasMore)) return null;
            _wokenAt = time.GetTimestamp();
            return new(ChangeStream.Of(collection), ChangeStream.After(_place));
        }
    }
}
