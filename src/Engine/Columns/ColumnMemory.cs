// Columns in memory, bounded in bytes. A column is loaded when a query first asks for it and then stays, a few bytes a
// row; over all tables of a large database that would be without bound. So those that nobody asked for since they
// last came by leave when others need the room (CLOCK, as in the cache of blocks):
//
//   queue ──► oldest first; asked for since it last came by: mark cleared, back of the queue; else its table forgets it
//
// Who still works with a column that left keeps it alive. A single column larger than the whole room is admitted alone: a
// query that needs it would otherwise load it for every look.

namespace IngoDB.Engine.Columns;

/// <summary>Which loaded columns stay. Thread-safe.</summary>
internal sealed class ColumnMemory(long capacityBytes)
{
    private readonly Lock _lock = new();
    private Queue<(TableColumns Owner, int Ordinal, long Bytes)> _queue = new();
    private long _bytes;

    public long CapacityBytes => capacityBytes;

    /// <summary>Bytes of all columns held now.</summary>
    public long SizeBytes => Volatile.Read(ref _bytes);

    /// <summary>Room for columns that nobody has asked for yet; an eighth stays free for those that somebody asks for.</summary>
    public bool HasFree(long bytes) => SizeBytes + bytes <= capacityBytes - (capacityBytes / 8);

    /// <summary>The owner has loaded a column: others may have to go.</summary>
    public void Admit(TableColumns owner, int ordinal, long bytes)
    {
        lock (_lock)
        {
            for (var looks = 2 * _queue.Count; _bytes + bytes > capacityBytes && looks > 0 && _queue.Count > 0; looks--) ConsiderOldest();
            _queue.Enqueue((owner, ordinal, bytes));
            Volatile.Write(ref _bytes, _bytes + bytes);
        }
    }

    /// <summary>The owner's table is no longer part of the newest state.</summary>
    public void Forget(TableColumns owner)
    {
        lock (_lock)
        {
            var kept = new Queue<(TableColumns, int, long)>(_queue.Count);
            foreach (var held in _queue)
            {
                if (ReferenceEquals(held.Owner, owner)) Drop(held.Owner, held.Ordinal, held.Bytes);
                else kept.Enqueue(held);
            }

            _queue = kept;
        }
    }

    private void ConsiderOldest()
    {
        var held = _queue.Dequeue();
        if (held.Owner.TakeUsed(held.Ordinal)) _queue.Enqueue(held);
        else Drop(held.Owner, held.Ordinal, held.Bytes);
    }

    private void Drop(TableColumns owner, int ordinal, long bytes)
    {
        owner.Drop(ordinal);
        Volatile.Write(ref _bytes, _bytes - bytes);
    }
}
