// Documents of many known ids, as a frontier asks for them: sixteen point reads at a time, so that their misses overlap, in
// the order of the ids given. Nothing is planned and nothing allocated for a document.

using IngoDB.Engine.Entries;
using IngoDB.Engine.Manifests;
using IngoDB.Engine.Sstables;
using IngoDB.Model;

namespace IngoDB.Engine.Querying;

/// <summary>Point reads as a stream. One thread at a time.</summary>
/// <param name="ids">Id keys. They stay as they are while the stream is read.</param>
internal sealed class KeyedStream(EngineState state, ReadPoint at, ScanRequest request, JoinKeys ids, IDisposable? lease) : DocumentStream
{
    private const int IdsPerRead = 64;
    private readonly RowResult[] _results = new RowResult[IdsPerRead];
    private readonly CompiledFilter? _where = request.Where is null ? null : new(request.Where);
    private readonly Projection? _projection = request.Select is null ? null : new(request.Select);
    private readonly byte[] _key = new byte[EntryKey.BytesMax];
    private ReadCounters _counters;
    private int _first, _count, _at = -1;
    private long _examined, _returned;

    public override ReadOnlySpan<byte> IdKey => ids[_first + _at];

    public override DocumentVersion Version => _results[_at].Version;

    public override Shape Shape => _projection?.Shape ?? _results[_at].Shape!;

    public override ReadOnlySpan<byte> Row => _projection is null ? _results[_at].Row.Span : _projection.Row;

    public override ReadOnlySpan<byte> OrderKey => IdKey;

    public override QueryWork Work => new(_examined, _returned, _counters.BlocksDecoded, _counters.BytesRead, _counters.FilterProbes, "point");

    public override bool MoveNext()
    {
        do
        {
            while (++_at < _count)
                if (_results[_at].Found && IsWanted()) return true;
        }
        while (ReadMore());
        return false;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) lease?.Dispose();
        base.Dispose(disposing);
    }

    private bool ReadMore()
    {
        _first += _count;
        _count = Math.Min(IdsPerRead, ids.Count - _first);
        _at = -1;
        if (_count > 0) MultiReader.Read(state, at, request.Collection, ids, _first, _results.AsSpan(0, _count), ref _counters);
        return _count > 0;
    }

    private bool IsWanted()
    {
        _examined++;
        ref readonly var found = ref _results[_at];
        if (_where is not null)
        {
            IdKey.CopyTo(_key.AsSpan(EntryKey.CollectionBytes));
            if (!_where.Matches(_key.AsSpan(0, EntryKey.CollectionBytes + IdKey.Length), found.Version, found.Shape!, found.Row.Span)) return false;
        }

        _projection?.Apply(found.Shape!, found.Row.Span);
        _returned++;
        return true;
    }
}
