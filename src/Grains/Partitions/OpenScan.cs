// The next page of a scan should not begin the scan again: a sort without an index would sort everything once per page.
// So a scan stays open for a short while, together with the last pages it gave, because the coordinator merges many
// partitions and rarely uses up a page before its own is full:
//
//   given   [ page 1: a d g ][ page 2: k m p ]   the stream stands after p
//   asked   after "g"  → page 2 again            after "m" → p              after "p" → on from the stream
//           before page 1: not kept any more; the scan begins again, from the order key alone
//
// A stream that has ended is closed at once (it holds a snapshot); the pages it gave stay.

using IngoDB.Engine.Querying;
using IngoDB.Model;

namespace IngoDB.Grains.Partitions;

/// <summary>A scan between two pages. One user at a time (OpenScans hands it out).</summary>
internal sealed class OpenScan(DocumentStream stream, IDisposable? snapshot, byte[] start, Action? renew = null) : IDisposable
{
    private const int PagesKept = 3;

    private readonly Queue<GivenPage> _given = new();
    private readonly DocumentPageWriter _writer = new();
    private byte[] _oldest = start;
    private bool _stands;
    private bool _ended;
    private long _examinedBefore;
    private double _costBefore;

    public long UsedAt { get; set; }

    public bool CanGoOnAfter(ReadOnlySpan<byte> after) => after.SequenceCompareTo(_oldest) >= 0;

    /// <summary>The page that follows the order key <paramref name="after"/>.</summary>
    public PartitionPage GoOn(ReadOnlySpan<byte> after, int pageBytes)
    {
        var remaining = _given.Count;
        foreach (var given in _given)
        {
            remaining--;
            if (given.Last.AsSpan().SequenceCompareTo(after) > 0)
                return new() { Page = given.Rest(after), Last = given.Last, More = remaining > 0 || Stands(), StoppedBy = stream.StoppedBy };
        }

        return GiveNew(after, pageBytes);
    }

    public void Renew()
    {
        if (!_ended) renew?.Invoke();
    }

    public void Dispose()
    {
        stream.Dispose();
        snapshot?.Dispose();
    }

    private PartitionPage GiveNew(ReadOnlySpan<byte> after, int pageBytes)
    {
        var page = _writer;
        var last = Array.Empty<byte>();
        while ((page.Count == 0 || page.ApproximateBytes < pageBytes) && Stands())
        {
            _stands = false;
            if (stream.OrderKey.SequenceCompareTo(after) <= 0) continue;
            page.Add(stream.IdKey, stream.Version, stream.Shape, stream.Row, stream.OrderKey);
            last = KeepKey(last, stream.OrderKey);
        }

        var bytes = page.Count == 0 ? [] : page.Finish();
        if (bytes.Length > 0) Keep(new(bytes, after.ToArray(), last));
        var more = Stands();
        var (examined, cost) = (stream.Work.DocumentsExamined, stream.Work.Cost);
        var reply = new PartitionPage { Page = bytes, Last = last, More = more, Examined = examined - _examinedBefore, Cost = Math.Max(0, cost - _costBefore), StoppedBy = stream.StoppedBy };
        (_examinedBefore, _costBefore) = (examined, cost);
        if (!more) Dispose();
        return reply;
    }

    /// <summary>True when the stream stands on a document that was not given yet.</summary>
    private bool Stands()
    {
        if (_stands || _ended) return _stands;
        _stands = stream.MoveNext();
        _ended = !_stands;
        return _stands;
    }

    private void Keep(GivenPage page)
    {
        if (_given.Count == PagesKept) _given.Dequeue();
        _given.Enqueue(page);
        _oldest = _given.Peek().After;
    }

    /// <summary>Copies into the same array while the length stays the same, as it mostly does.</summary>
    private static byte[] KeepKey(byte[] kept, ReadOnlySpan<byte> key)
    {
        if (kept.Length != key.Length) return key.ToArray();
        key.CopyTo(kept);
        return kept;
    }

    /// <param name="After">The order key that the page followed.</param>
    /// <param name="Last">The order key of its last document.</param>
    private sealed record GivenPage(byte[] Bytes, byte[] After, byte[] Last)
    {
        public byte[] Rest(ReadOnlySpan<byte> after)
        {
            if (after.SequenceEqual(After)) return Bytes;
            var rest = new DocumentPageWriter();
            var reader = new DocumentPageReader(Bytes);
            while (reader.MoveNext())
                if (reader.OrderKey.SequenceCompareTo(after) > 0) rest.Add(reader.IdKey, reader.Version, reader.Shape, reader.Row, reader.OrderKey);
            return rest.Finish();
        }
    }
}
