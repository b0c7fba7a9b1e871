// ZoneTree with 16-byte struct keys and raw value bytes, its own background maintainer, LZ4 blocks. Its log is in its
// Sync mode: each record is with the operating system before the acknowledgement, and outlives a kill (its compressed modes keep
// a tail in memory). It has no mode that waits for the disk.
using System.Buffers.Binary;
using ZoneTree;
using ZoneTree.Comparers;
using ZoneTree.Hashers;
using ZoneTree.Options;
using ZoneTree.Serializers;

namespace IngoDB.ProductBench;

/// <summary>ZoneTree.</summary>
internal sealed class ZoneTreeStore : KeyValueStore
{
    private readonly IZoneTree<IdKey, Memory<byte>> _tree;
    private readonly IMaintainer _maintainer;

    public ZoneTreeStore(StoreOptions options)
    {
        _tree = new ZoneTreeFactory<IdKey, Memory<byte>>()
            .SetDataDirectory(Path.Combine(options.Folder, "data"))
            .SetWriteAheadLogDirectory(Path.Combine(options.Folder, "log"))
            .SetComparer(new IdComparer())
            .SetKeyHasher(new DefaultKeyHasher<IdKey>())
            .SetKeySerializer(new IdSerializer())
            .SetValueSerializer(new ByteArraySerializer())
            .ConfigureWriteAheadLogOptions(log => log.WriteAheadLogMode = WriteAheadLogMode.Sync)
            .ConfigureDiskSegmentOptions(disk => disk.CompressionMethod = CompressionMethod.LZ4)
            .DisableDeletion()
            .OpenOrCreate();
        _maintainer = _tree.CreateMaintainer();
    }

    public override void PutBatch(ReadOnlySpan<ProductWrite> writes)
    {
        foreach (var write in writes) Put(write);
    }

    public override void Put(ProductWrite write)
    {
        Span<byte> id = stackalloc byte[Product.IdBytes];
        Span<byte> json = stackalloc byte[ProductJson.BytesMax];
        Product.WriteId(write.Slot, id);
        Memory<byte> value = json[..ProductJson.Write(write.Number, json)].ToArray();
        _tree.Upsert(IdKey.Read(id), value);
    }

    public override void Settle()
    {
        _maintainer.EvictToDisk();
        _maintainer.WaitForBackgroundThreads();
    }

    public override bool MergeEverything()
    {
        Settle();
        return true;
    }

    public override void Dispose()
    {
        _maintainer.WaitForBackgroundThreads();
        _maintainer.Dispose();
        _tree.Dispose();
    }

    protected override ProductFacts GetFacts(ReadOnlySpan<byte> id) => _tree.TryGet(IdKey.Read(id), out var json) ? ProductJson.ReadFacts(json.Span) : ProductFacts.Absent;

    protected override void ReadAll(RowReader read)
    {
        Span<byte> id = stackalloc byte[Product.IdBytes];
        using var rows = _tree.CreateIterator(IteratorType.NoRefresh, false, false);
        while (rows.Next())
        {
            rows.CurrentKey.Write(id);
            read(id, rows.CurrentValue.Span);
        }
    }

    private readonly record struct IdKey(ulong High, ulong Low)
    {
        public static IdKey Read(ReadOnlySpan<byte> id) => new(BinaryPrimitives.ReadUInt64BigEndian(id), BinaryPrimitives.ReadUInt64BigEndian(id[8..]));

        public void Write(Span<byte> id)
        {
            BinaryPrimitives.WriteUInt64BigEndian(id, High);
            BinaryPrimitives.WriteUInt64BigEndian(id[8..], Low);
        }
    }

    private sealed class IdComparer : IRefComparer<IdKey>
    {
        public int Compare(in IdKey x, in IdKey y) => x.High != y.High ? x.High.CompareTo(y.High) : x.Low.CompareTo(y.Low);
    }

    private sealed class IdSerializer : ISerializer<IdKey>
    {
        public IdKey Deserialize(Memory<byte> bytes) => IdKey.Read(bytes.Span);

        public Memory<byte> Serialize(in IdKey entry)
        {
            var bytes = new byte[Product.IdBytes];
            entry.Write(bytes);
            return bytes;
        }
    }
}
