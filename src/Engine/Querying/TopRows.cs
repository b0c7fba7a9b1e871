// The first k in order, of any number of rows, in the memory of k: a heap with the worst of the best on top. A row is
// copied only when it beats that one, which after the first thousands happens rarely.

using System.Buffers;
using IngoDB.Model;

namespace IngoDB.Engine.Querying;

/// <summary>The first <paramref name="limit"/> rows of a stream, collected at the first move.</summary>
/// <param name="after">Rows at or before this order key belong to earlier pages; empty for all.</param>
internal sealed class TopRows(RowStream source, OrderKeys order, ReadOnlyMemory<byte> after, int limit) : RowStream
{
    private readonly List<Slot> _heap = [];
    private bool _collected;
    private int _at = -1;

    private sealed class Slot
    {
        public byte[] Bytes = [];
        public int KeyBytes, RowBytes, IdStart;
        public DocumentVersion Version;
        public Shape Shape = Shape.SelfDescribed;

        public ReadOnlySpan<byte> Key => Bytes.AsSpan(0, KeyBytes);
    }

    private Slot Current => _heap[_at];

    public override ReadOnlySpan<byte> IdKey => Current.Key[Current.IdStart..];

    public override DocumentVersion Version => Current.Version;

    public override Shape Shape => Current.Shape;

    public override ReadOnlySpan<byte> Row => Current.Bytes.AsSpan(Current.KeyBytes, Current.RowBytes);

    public override ReadOnlySpan<byte> OrderKey => Current.Key;

    public override bool MoveNext()
    {
        if (!_collected) Collect();
        return ++_at < _heap.Count;
    }

    public override void Dispose()
    {
        source.Dispose();
        foreach (var slot in _heap)
            if (slot.Bytes.Length > 0) ArrayPool<byte>.Shared.Return(slot.Bytes);
        _heap.Clear();
        base.Dispose();
    }

    private void Collect()
    {
        _collected = true;
        while (limit > 0 && source.MoveNext())
        {
            var key = order.Of(source);
            if (key.SequenceCompareTo(after.Span) <= 0) continue;
            if (_heap.Count < limit)
            {
                _heap.Add(new());
                Fill(_heap[^1], key);
                SiftUp(_heap.Count - 1);
            }
            else if (key.SequenceCompareTo(_heap[0].Key) < 0)
            {
                Fill(_heap[0], key);
                SiftDown();
            }
        }

        _heap.Sort(static (left, right) => left.Key.SequenceCompareTo(right.Key));
    }

    private void Fill(Slot slot, ReadOnlySpan<byte> key)
    {
        var row = source.Row;
        if (slot.Bytes.Length < key.Length + row.Length)
        {
            if (slot.Bytes.Length > 0) ArrayPool<byte>.Shared.Return(slot.Bytes);
            slot.Bytes = ArrayPool<byte>.Shared.Rent(key.Length + row.Length);
        }

        key.CopyTo(slot.Bytes);
        row.CopyTo(slot.Bytes.AsSpan(key.Length));
        (slot.KeyBytes, slot.RowBytes, slot.IdStart) = (key.Length, row.Length, order.IdStart);
        (slot.Version, slot.Shape) = (source.Version, source.Shape);
    }

    private bool IsWorse(int left, int right) => _heap[left].Key.SequenceCompareTo(_heap[right].Key) > 0;

    private void SiftUp(int at)
    {
        for (; at > 0 && IsWorse(at, (at - 1) / 2); at = (at - 1) / 2) (_heap[at], _heap[(at - 1) / 2]) = (_heap[(at - 1) / 2], _heap[at]);
    }

    private void SiftDown()
    {
        for (var at = 0; (2 * at) + 1 < _heap.Count;)
        {
            var child = (2 * at) + 1;
            if (child + 1 < _heap.Count && IsWorse(child + 1, child)) child++;
            if (!IsWorse(child, at)) return;
            (_heap[at], _heap[child]) = (_heap[child], _heap[at]);
            at = child;
        }
    }
}
