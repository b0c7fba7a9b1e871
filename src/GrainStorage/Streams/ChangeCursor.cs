// Where one subscriber is. The runtime asks it for the next batch and waits for nothing: what is not in the source's window is read meanwhile,
// and the source wakes the subscriber when it is here.
//
// That the next one is asked for means that the one before was delivered, or given up by the runtime after its time (MaxEventDeliveryTime).
//
// A cursor has nothing when it is first asked: the runtime advances a new one past the token that it was made for, which inside an atomic batch
// would be past documents that were not delivered. So they come again.

using IngoDB.Model;
using Orleans.Streams;

namespace IngoDB.GrainStorage.Streams;

/// <summary>Reads one source. The runtime calls from one thread at a time; the source looks at it from others.</summary>
/// <param name="position">What is later than this is to be given.</param>
internal sealed class ChangeCursor(ChangeSource source, DocumentVersion position) : IQueueCacheCursor
{
    private DocumentVersion _position = position;
    private ChangeBatch? _current;
    private Task<ChangeBatches?>? _reading;
    private ChangeBatches? _page;
    private int _next;
    private bool _isNew = true;

    /// <summary>The subscriber has had everything up to here.</summary>
    public DocumentVersion Delivered { get; private set; } = position;

    /// <summary>To be asked again: it has something, or may have.</summary>
    public bool HasMore => _isNew || _reading is { IsCompleted: true } || (_reading is null && _position < source.Until);

    public bool MoveNext()
    {
        if (_isNew) return _isNew = false;
        Delivered = _position;
        _current = NextOfPage() ?? NextOfWindow();
        if (_current is null) Delivered = _position;
        else _position = _current.Version;
        return _current is not null;
    }

    public IBatchContainer? GetCurrent(out Exception? exception)
    {
        exception = null;
        return _current;
    }

    public void Refresh(StreamSequenceToken token)
    {
        // It knows where it is.
    }

    public void RecordDeliveryFailure()
    {
        // The runtime has tried for as long as it is told to, has told the subscriber, and goes on.
    }

    public void Dispose() => source.Remove(this);

    private ChangeBatch? NextOfPage()
    {
        if (_reading is { IsCompleted: true } read) (_page, _next, _reading) = (read.GetAwaiter().GetResult(), 0, null);
        if (_page is null) return null;
        if (_next < _page.Batches.Count) return _page.Batches[_next++];
        (_position, _page) = (_page.Until, null);
        return null;
    }

    private ChangeBatch? NextOfWindow()
    {
        if (_reading is not null) return null;
        if (!source.TryNext(_position, out var batch, out var until)) _reading = source.ReadAsync(_position);
        else if (batch is null && until > _position) _position = until;
        return batch;
    }
}
