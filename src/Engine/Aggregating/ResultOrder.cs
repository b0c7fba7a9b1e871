// Results in the order that was asked for: sort keys, then the group, so that the order is total. Few are kept in memory where a
// limit says how many are wanted; without one, what does not fit is spilled as sorted runs like groups are.
//
//   record   key = sort keys | group keys      state = the result as a self-described row

using System.Buffers;
using IngoDB.Engine.Indexing;
using IngoDB.Model;

namespace IngoDB.Engine.Aggregating;

/// <summary>Sorts results. One thread at a time.</summary>
internal sealed class ResultOrder(IReadOnlyList<SortKey> sort, int? limit, SpillFolder folder) : IDisposable
{
    private const int KeptPerWanted = 4;
    private const int KeptMin = 1024;

    private readonly ArrayBufferWriter<byte> _key = new(128);
    private readonly ArrayBufferWriter<byte> _row = new(256);
    private readonly SpilledRuns _runs = new(folder, merger: null);
    private SortedResults _kept = new();
    private byte[]? _worst;

    /// <param name="group">The ordered keys of its group.</param>
    public void Add(StoredDocument result, ReadOnlySpan<byte> group)
    {
        _key.ResetWrittenCount();
        foreach (var key in sort) Append(key.Field.In(result), key);
        _key.Write(group);
        if (_worst is not null && _key.WrittenSpan.SequenceCompareTo(_worst) > 0) return;
        _row.ResetWrittenCount();
        RowWriter.WriteSelfDescribed(result.Fields, _row);
        _kept.Add(_key.WrittenSpan, _row.WrittenSpan);
        if (limit is { } wanted && _kept.Count >= Math.Max(KeptMin, wanted * KeptPerWanted)) KeepBest(wanted);
        else if (_kept.Bytes > folder.MemoryMax && _kept.Count > 1) Spill();
    }

    /// <summary>All of them in order; nothing can be added any more.</summary>
    public IEnumerable<StoredDocument> InOrder()
    {
        _kept.Sort();
        using var records = _runs.With(_kept);
        while (records.MoveNext()) yield return ResultOf(records.Key, records.State);
    }

    public void Dispose()
    {
        _runs.Dispose();
        _kept.Dispose();
    }

    private void Append(in Value value, SortKey key)
    {
        var operand = value.IsMissing ? EncodedValue.Missing : new EncodedOperand(value).View;
        OrderedKey.AppendSort(operand, key, _key);
    }

    private void KeepBest(int wanted)
    {
        _kept.Sort();
        var best = new SortedResults();
        for (var i = 0; i < wanted && _kept.MoveNext(); i++)
        {
            best.Add(_kept.Key, _kept.State);
            if (i == wanted - 1) _worst = _kept.Key.ToArray();
        }

        _kept.Dispose();
        _kept = best;
    }

    private void Spill()
    {
        _kept.Sort();
        _runs.Add(_kept);
        _kept.Dispose();
        _kept = new();
    }

    private StoredDocument ResultOf(ReadOnlySpan<byte> key, ReadOnlySpan<byte> row)
    {
        for (var i = 0; i < sort.Count; i++) key = key[OrderedKey.LengthAt(key)..];
        return new(GroupFold.IdOf(key), DocumentVersion.None, new RowReader(Shape.SelfDescribed, row).Decode());
    }

    /// <summary>Results in memory; after <see cref="Sort"/> a cursor over them.</summary>
    private sealed class SortedResults : RecordCursor
    {
        private readonly KeySorter _keys = new();
        private readonly KeyArena _rows = new();
        private readonly List<(long Location, int Length)> _places = [];

        public int Count => _keys.Count;

        public long Bytes => _keys.Bytes + _rows.Bytes + (16L * _places.Count);

        public override ReadOnlySpan<byte> Key => _keys.Key;

        public override ReadOnlySpan<byte> State => _places[(int)_keys.Tag] is var place ? _rows.At(place.Location, place.Length) : default;

        public void Add(ReadOnlySpan<byte> key, ReadOnlySpan<byte> row)
        {
            _keys.Add(key, (uint)_places.Count);
            _places.Add((_rows.Append(row), row.Length));
        }

        public void Sort() => _keys.Sort();

        public override bool MoveNext() => _keys.MoveNext();

        public override void Dispose()
        {
            _keys.Dispose();
            _rows.Dispose();
            base.Dispose();
        }
    }
}
