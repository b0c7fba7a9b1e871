// Decoded blocks in memory, bounded in bytes. A table finds its cached blocks without any hashing or locking: it has
// one slot per block, and a hit is one load from that array. The cache itself only decides who must go.
//
//   table 7:  slots [ ■ ] [   ] [ ■ ] [   ]          a hit: one acquire load, and the block's used mark
//                     ▲           ▲
//   shard:    queue ──┴───────────┴──►  oldest first; used since it last came by: mark cleared, back of the queue;
//                                       not used: its slot is emptied
//
// That is CLOCK: blocks looked into once leave before those that somebody came back for. Only a
// miss takes a lock, of one shard, next to the microseconds it spent on reading and decoding. A reader that still holds
// an evicted block keeps it alive; the collector frees it afterwards.

using System.Runtime.CompilerServices;
using IngoDB.Engine.Columns;

namespace IngoDB.Engine.Sstables;

/// <summary>Decoded blocks, shared by the tables of a process, bounded in bytes. Thread-safe.</summary>
public sealed class BlockCache
{
    private const long ShardBytesMin = 8L << 20;
    private const int ShardsMax = 16;
    private const int ShardBlocksMin = 4;

    /// <summary>Beside the blocks, columns may take so large a part of their room.</summary>
    private const int ColumnsDivisor = 4;

    private readonly Shard[] _shards;

    public BlockCache(long capacityBytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(capacityBytes);
        CapacityBytes = capacityBytes;
        Columns = new(capacityBytes / ColumnsDivisor);
        _shards = new Shard[Math.Clamp(capacityBytes / ShardBytesMin, 1, ShardsMax)];
        for (var i = 0; i < _shards.Length; i++) _shards[i] = new(capacityBytes / _shards.Length);
    }

    public long CapacityBytes { get; }

    /// <summary>The columns of the same tables; their bytes are not counted here.</summary>
    internal ColumnMemory Columns { get; }

    /// <summary>Bytes of all blocks held now; never more than <see cref="CapacityBytes"/>.</summary>
    public long SizeBytes
    {
        get
        {
            var bytes = 0L;
            foreach (var shard in _shards) bytes += shard.Bytes;
            return bytes;
        }
    }

    /// <summary>False: a block of this size would push out too much of what is there.</summary>
    internal bool HasRoomFor(int blockBytes) => blockBytes <= CapacityBytes / _shards.Length / ShardBlocksMin;

    /// <summary>Puts a block into its table's slot; does nothing when there is one already, or no room.</summary>
    internal void Admit(RowBlock?[] slots, int number, RowBlock block)
    {
        if (HasRoomFor(block.Bytes)) ShardOf(slots, number).Admit(slots, number, block);
    }

    /// <summary>Room for the frame of a block that nobody has asked for yet. An eighth stays free for those that somebody asks for.</summary>
    internal bool HasFree(int blockBytes) => SizeBytes + blockBytes <= CapacityBytes - CapacityBytes / 8;

    /// <summary>The same as <see cref="Admit"/>, but pushes nothing out; false: no room.</summary>
    internal bool AdmitToFree(RowBlock?[] slots, int number, RowBlock block) => block.IsShared && ShardOf(slots, number).AdmitToFree(slots, number, block);

    /// <summary>Drops all blocks of a table that is closed.</summary>
    internal void Forget(RowBlock?[] slots)
    {
        foreach (var shard in _shards) shard.Forget(slots);
    }

    private Shard ShardOf(RowBlock?[] slots, int number) => _shards[(uint)(RuntimeHelpers.GetHashCode(slots) + number) % (uint)_shards.Length];

    private sealed class Shard(long capacityBytes)
    {
        private readonly Lock _lock = new();
        private Queue<(RowBlock?[] Slots, int Number, RowBlock Block)> _queue = new();
        private long _bytes;

        public long Bytes => Volatile.Read(ref _bytes);

        public void Admit(RowBlock?[] slots, int number, RowBlock block)
        {
            lock (_lock)
            {
                if (slots[number] is { IsShared: true }) return;
                while (_bytes + block.Bytes > capacityBytes) ConsiderOldest();
                Put(slots, number, block);
            }
        }

        public bool AdmitToFree(RowBlock?[] slots, int number, RowBlock block)
        {
            lock (_lock)
            {
                if (slots[number] is { IsShared: true }) return true;
                if (_bytes + block.Bytes > capacityBytes) return false;
                Put(slots, number, block);
                return true;
            }
        }

        public void Forget(RowBlock?[] slots)
        {
            lock (_lock)
            {
                var kept = new Queue<(RowBlock?[], int, RowBlock)>(_queue.Count);
                foreach (var held in _queue)
                {
                    if (ReferenceEquals(held.Slots, slots)) Drop(held.Slots, held.Number, held.Block);
                    else kept.Enqueue(held);
                }

                _queue = kept;
            }
        }

        private void Put(RowBlock?[] slots, int number, RowBlock block)
        {
            _queue.Enqueue((slots, number, block));
            Volatile.Write(ref _bytes, _bytes + block.Bytes);
            Volatile.Write(ref slots[number], block);
        }

        private void ConsiderOldest()
        {
            var (slots, number, block) = _queue.Dequeue();
            if (block.WasUsed)
            {
                block.WasUsed = false;
                _queue.Enqueue((slots, number, block));
            }
            else
            {
                Drop(slots, number, block);
            }
        }

        private void Drop(RowBlock?[] slots, int number, RowBlock block)
        {
            Volatile.Write(ref slots[number], null);
            Volatile.Write(ref _bytes, _bytes - block.Bytes);
        }
    }
}
