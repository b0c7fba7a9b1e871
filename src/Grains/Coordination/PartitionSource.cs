// A merge must never wait for a page that it could have asked for earlier: the next page of a partition is under way
// when most of the present one is used up, and no earlier, so that a limited query does not fetch what nobody reads.

using IngoDB.Grains.Partitions;
using IngoDB.Model;

namespace IngoDB.Grains.Coordination;

/// <summary>
/// One partition's share of a scan, as the merge reads it: document after document, the next page already under way when
/// most of this one is used up. One thread at a time. A page that cannot be had (null) ends it.
/// </summary>
internal sealed class PartitionSource(Func<byte[], int, Task<PartitionPage?>> ask, byte[] after, int limit)
{
    private DocumentPageReader? _page;
    private Task<PartitionPage?>? _next;
    private byte[] _last = after;
    /// <summary>A coordinator's page uses up about four fifths of what each partition gave for it; asked earlier, every partition would be asked in vain once a page.</summary>
    private const int AskAheadFrom = 7;
    private const int AskAheadOf = 8;

    private readonly bool _isLimited = limit > 0;
    private int _limitLeft = limit;
    private int _read;
    private bool _more = true;

    public long Examined { get; private set; }

    public double Cost { get; private set; }

    public string? StoppedBy { get; private set; }

    public DocumentPageReader Current => _page!;

    /// <summary>The next document stands in <see cref="Current"/>; only when this says false is a page awaited (<see cref="FetchAsync"/>).</summary>
    public bool TryMoveNext()
    {
        if (_page is null || !_page.MoveNext()) return false;
        _read++;
        if (_more && _next is null && _read * AskAheadOf >= _page.Count * AskAheadFrom) Ask();
        return true;
    }

    /// <summary>Waits for the next page and moves to its first document; false at the end.</summary>
    public async ValueTask<bool> FetchAsync()
    {
        while (_more)
        {
            if (_next is null) Ask();
            var page = await _next!.ConfigureAwait(false);
            _next = null;
            if (page is null) return _more = false;
            Take(page);
            if (TryMoveNext()) return true;
        }

        return false;
    }

    /// <summary>Waits until nothing is under way; a failure shows when the page is asked for.</summary>
    public async ValueTask SettleAsync()
    {
        if (_next is not null) await ((Task)_next).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private void Ask() => _next = ask(_last, _limitLeft);

    private void Take(PartitionPage page)
    {
        Examined += page.Examined;
        Cost += page.Cost;
        StoppedBy ??= page.StoppedBy;
        _read = 0;
        _page = page.Page.Length == 0 ? null : new(page.Page);
        if (page.Last.Length > 0) _last = page.Last;
        if (_isLimited) _limitLeft -= _page?.Count ?? 0;
        _more = page.More && (!_isLimited || _limitLeft > 0);
    }
}
