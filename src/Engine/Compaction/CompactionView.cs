// What is compacted is decided from values alone: this is all of them, taken from the state of an engine at one moment. The strategy is tested with pictures of it.

using System.Collections.Immutable;
using IngoDB.Engine.Entries;
using IngoDB.Engine.Manifests;
using IngoDB.Engine.Sstables;
using IngoDB.Model;

namespace IngoDB.Engine.Compaction;

/// <summary>Everything the strategy looks at, as values. The order of the tables does not matter.</summary>
internal sealed record CompactionView(ImmutableArray<TableInfo> Tables)
{
    /// <summary>Tables that must not be chosen: being compacted, or damaged.</summary>
    public ImmutableHashSet<TableId> Excluded { get; init; } = [];

    public ImmutableHashSet<CollectionId> DroppedCollections { get; init; } = [];

    /// <summary>Versions at or below it that are superseded may go.</summary>
    public DocumentVersion Watermark { get; init; }

    /// <summary>Tables that lack a column which queries want.</summary>
    public ImmutableHashSet<TableId> Lacking { get; init; } = [];

    /// <summary>W: negative reads cheaply and writes more, positive the reverse.</summary>
    public int ScalingParameter { get; init; }

    /// <summary>Nobody writes, or somebody waits for everything to be done.</summary>
    public bool IsQuiet { get; init; }

    /// <summary>Uncompressed bytes of a typical flushed memtable: the density of level 0.</summary>
    public long FlushBytes { get; init; } = 32L << 20;

    public long TableBytesMax { get; init; } = 64L << 20;

    public static CompactionView Of(EngineState state, DocumentVersion watermark, ImmutableHashSet<TableId> excluded, long flushBytes, long tableBytesMax) => new([.. state.Manifest.Tables.Values])
    {
        Excluded = excluded,
        DroppedCollections = state.Manifest.DroppedCollections,
        Watermark = watermark,
        ScalingParameter = state.Manifest.ScalingParameter,
        FlushBytes = flushBytes,
        TableBytesMax = tableBytesMax,
    };
}
