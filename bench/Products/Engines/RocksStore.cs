// RocksDB as its guide advises for a service of this size: Bloom filter of 10 bits, 256 MB block cache, LZ4, 64 MB
// memtables, two background threads. Values are read without a copy (get_pinned), batches by MultiGet.
using RocksDbSharp;

namespace IngoDB.ProductBench;

/// <summary>RocksDB.</summary>
internal sealed class RocksStore : KeyValueStore
{
    private readonly RocksDb _db;
    private readonly WriteOptions _write;
    private readonly ReadOptions _read = new();
    private readonly WriteBatch _batch = new();

    public RocksStore(StoreOptions options)
    {
        var tables = new BlockBasedTableOptions().SetFilterPolicy(BloomFilterPolicy.Create(10, false)).SetBlockCache(Cache.CreateLru(256UL << 20));
        var db = new DbOptions().SetCreateIfMissing(true).IncreaseParallelism(2).SetWriteBufferSize(64UL << 20).SetMaxWriteBufferNumber(3)
            .SetCompression(Compression.Lz4).SetBlockBasedTableFactory(tables);
        _db = RocksDb.Open(db, options.Folder);
        _write = new WriteOptions().SetSync(options.Durable);
    }

    public override void PutBatch(ReadOnlySpan<ProductWrite> writes)
    {
        Span<byte> id = stackalloc byte[Product.IdBytes];
        Span<byte> json = stackalloc byte[ProductJson.BytesMax];
        _batch.Clear();
        foreach (var write in writes)
        {
            Product.WriteId(write.Slot, id);
            _batch.Put(id, json[..ProductJson.Write(write.Number, json)]);
        }

        _db.Write(_batch, _write);
    }

    public override void Put(ProductWrite write)
    {
        Span<byte> id = stackalloc byte[Product.IdBytes];
        Span<byte> json = stackalloc byte[ProductJson.BytesMax];
        Product.WriteId(write.Slot, id);
        _db.Put(id, json[..ProductJson.Write(write.Number, json)], null, _write);
    }

    public override void GetMany(ReadOnlySpan<long> slots, Span<ProductFacts> facts)
    {
        var keys = new byte[slots.Length][];
        for (var i = 0; i < slots.Length; i++) Product.WriteId(slots[i], keys[i] = new byte[Product.IdBytes]);
        var found = _db.MultiGet(keys);
        for (var i = 0; i < slots.Length; i++) facts[i] = found[i].Value is { } json ? ProductJson.ReadFacts(json) : ProductFacts.Absent;
    }

    public override void Settle()
    {
        _db.Flush(new FlushOptions().SetWaitForFlush(true));
        _db.CompactRange((byte[]?)null, null);
    }

    public override bool MergeEverything()
    {
        _db.CompactRange((byte[]?)null, null);
        return true;
    }

    public override void Dispose()
    {
        _batch.Dispose();
        _db.Dispose();
    }

    protected override unsafe ProductFacts GetFacts(ReadOnlySpan<byte> id)
    {
        fixed (byte* key = id)
        {
            var pinned = Native.Instance.rocksdb_get_pinned(_db.Handle, _read.Handle, key, (nuint)id.Length);
            if (pinned == 0) return ProductFacts.Absent;
            var value = Native.Instance.rocksdb_pinnableslice_value(pinned, out var length);
            var facts = ProductJson.ReadFacts(new((void*)value, (int)length));
            Native.Instance.rocksdb_pinnableslice_destroy(pinned);
            return facts;
        }
    }

    protected override void ReadAll(RowReader read)
    {
        using var rows = _db.NewIterator(null, new ReadOptions().SetReadaheadSize(1 << 20));
        for (rows.SeekToFirst(); rows.Valid(); rows.Next()) read(rows.GetKeySpan(), rows.GetValueSpan());
    }
}
