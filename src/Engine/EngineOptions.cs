// Everything an engine is told, in one value: the world it lives in (files, clock, seed) and the numbers it lives by.
// What tests want to be different, a clock that stands still, a disk that fails, is an option like any other; there
// is no second way in.

using IngoDB.Engine.Files;
using IngoDB.Engine.Sstables;
using IngoDB.Engine.Statistics;

namespace IngoDB.Engine;

/// <summary>When a write is acknowledged.</summary>
public enum Durability
{
    /// <summary>After fdatasync returned 0 (the default).</summary>
    Durable,

    /// <summary>Once the log's bytes are with the operating system; synced within <see cref="EngineOptions.SyncDelay"/>. Survives a crash of the process, not of the machine.</summary>
    Buffered,
}

/// <summary>Whether the engine decides indexes by itself.</summary>
public enum LearningMode
{
    /// <summary>The advisor of this engine decides and builds.</summary>
    On,

    /// <summary>Statistics are kept; somebody else (CollectionGrain) decides.</summary>
    StatisticsOnly,

    Off,
}

/// <summary>Everything an engine is told, and the world it lives in.</summary>
public sealed record EngineOptions
{
    public IFileSystem? Files { get; init; }

    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Seeds everything random inside; null takes one from the clock.</summary>
    public int? Seed { get; init; }

    public Durability Durability { get; init; } = Durability.Durable;

    public TimeSpan SyncDelay { get; init; } = TimeSpan.FromMilliseconds(100);

    public long MemtableBytes { get; init; } = 32L << 20;

    /// <summary>Sealed memtables waiting for their flush; beyond it writers are slowed, then refused with Busy.</summary>
    public int SealedMemtablesMax { get; init; } = 4;

    public int BlockBytes { get; init; } = 16 * 1024;

    /// <summary>How many threads share a flush or a merge that somebody waits for; what runs beside the work of others has one.</summary>
    public int MergeThreadsMax { get; init; } = Math.Min(Environment.ProcessorCount, 4);

    /// <summary>How many bytes of tables index builds read in a second at most; null: as many as they can.</summary>
    public long? BuildBytesPerSecondMax { get; init; }

    /// <summary>Whether tables keep code columns beside their rows: queries then decide most filters and sorts without reading rows.</summary>
    public bool Columns { get; init; } = true;

    /// <summary>A collection with fewer rows in a table has no columns there.</summary>
    internal int ColumnRowsMin { get; init; } = 1000;

    /// <summary>Outputs of compaction are split so that none is much larger.</summary>
    public long TableBytesMax { get; init; } = 64L << 20;

    /// <summary>W of the unified compaction strategy: with 6, eight tables gather on top of each other before they are merged (decision 0013).</summary>
    public int ScalingParameter { get; init; } = 6;

    /// <summary>Whether W follows the workload from there, by two every quarter of an hour at most.</summary>
    public bool AdaptiveScaling { get; init; } = true;

    /// <summary>Shared by the engines of a process; null makes one of <see cref="BlockCacheBytes"/>.</summary>
    public BlockCache? BlockCache { get; init; }

    public long BlockCacheBytes { get; init; } = 256L << 20;

    /// <summary>What one aggregate keeps in memory; groups beyond it are written beside the data as sorted runs and merged.</summary>
    public long AggregateMemoryBytes { get; init; } = 64L << 20;

    /// <summary>What links, which walks over the graph step by, keep in memory; 0: none are made.</summary>
    public long LinkBytes { get; init; } = 128L << 20;

    /// <summary>Documents that walks examine for each row of the collections of a link, until it is made.</summary>
    internal double LinkCostPerRow { get; init; } = 2;

    /// <summary>How long versions that are no longer the newest are kept for reads in the past.</summary>
    public TimeSpan Retention { get; init; } = TimeSpan.Zero;

    /// <summary>How long a request that named itself (<see cref="Entries.RequestKey"/>) is remembered, so that it is done once however often it comes.</summary>
    public TimeSpan RequestRetention { get; init; } = TimeSpan.FromHours(24);

    public TimeSpan SnapshotLease { get; init; } = TimeSpan.FromSeconds(30);

    public LearningMode Learning { get; init; } = LearningMode.On;

    /// <summary>Shared by the engines of a process; null makes one.</summary>
    public BackgroundScheduler? Background { get; init; }

    /// <summary>What the acts of a query cost beside each other; the planner chooses and the advisor counts with it.</summary>
    public QueryCosts Costs { get; init; } = QueryCosts.Default;

    /// <summary>False: no background thread at all; tests drive FlushAsync, CompactAsync and BuildIndexesAsync themselves.</summary>
    public bool BackgroundWork { get; init; } = true;

    /// <summary>Segments of the log grow from min to max.</summary>
    public int LogSegmentBytesMin { get; init; } = 1 << 20;

    public int LogSegmentBytesMax { get; init; } = 64 << 20;

    /// <summary>The log that this partition shares with its copies; null: it has none, and its own log is what counts.</summary>
    public IReplicatedLog? Replicated { get; init; }

    /// <summary>The epoch in which this owner writes; a higher one than the folder has seen.</summary>
    public ulong Epoch { get; init; } = 1;
}
