// How engines of this silo are opened: they share one block cache, one budget for memtables and one scheduler, whoever owns them (EngineHost, or
// the copy of a partition that has several).

using IngoDB.Engine;
using IngoDB.Engine.Files;
using IngoDB.Engine.Sstables;
using IngoDB.Grains.Catalog;

namespace IngoDB.Grains.Hosting;

/// <summary>Opens engines with this silo's share of everything. Thread-safe.</summary>
internal sealed class EngineFactory(IngoDBOptions options, IFileSystem files, TimeProvider time, BackgroundScheduler background)
{
    private const long MemtableBytesMin = 2L << 20;
    private const long AggregateBytesMin = 64L << 10;
    private const long MemtableBytesMax = 32L << 20;

    private readonly BlockCache _blocks = new(options.BlockCacheBytes);

    /// <summary>The engine of a partition that is on this node alone.</summary>
    /// <param name="here">How many partitions share the budgets.</param>
    public Task<StorageEngine> OpenAsync(string folder, DatabaseRecord database, ulong epoch, int here)
        => OpenAsync(folder, here, defaults => defaults with { Epoch = epoch, Durability = database.Buffered ? Durability.Buffered : Durability.Durable });

    /// <summary>The engine of a copy: what it holds is durable in the replicated log before it comes here.</summary>
    public Task<StorageEngine> OpenAsync(string folder, PartitionRecord partition, IReplicatedLog log)
        => OpenAsync(folder, options.Partitions, defaults => defaults with { Epoch = partition.Epoch, Durability = Durability.Buffered, Replicated = log });

    private Task<StorageEngine> OpenAsync(string folder, int here, Func<EngineOptions, EngineOptions> with)
    {
        files.CreateDirectory(folder);
        return Task.Run(() => StorageEngine.OpenAsync(folder, with(new EngineOptions
        {
            Files = files,
            Time = time,
            Learning = LearningMode.StatisticsOnly,
            BuildBytesPerSecondMax = options.IndexBuildBytesPerSecond,
            Retention = options.Retention,
            BlockCache = _blocks,
            AggregateMemoryBytes = Math.Max(options.AggregateMemoryBytes / here, AggregateBytesMin),
            Background = background,
            MemtableBytes = Math.Clamp(options.MemtableBudgetBytes / (2 * here), MemtableBytesMin, MemtableBytesMax),
        })));
    }
}
