// What changes on disk changes as one value. A flush adds a table and lets log segments go, a compaction adds and
// removes tables, a definition names an index: each is an edit, durable in one record, so there is no moment at which
// half of it happened. Runners compute edits and never apply them.

using System.Collections.Immutable;
using IngoDB.Engine.Entries;
using IngoDB.Engine.Sstables;
using IngoDB.Model;

namespace IngoDB.Engine.Manifests;

/// <summary>One atomic change of what exists: all of it happens, or none. Runners return it; only StorageEngine logs it.</summary>
internal sealed record VersionEdit
{
    public ImmutableArray<TableInfo> TablesAdded { get; init; } = [];

    public ImmutableArray<TableId> TablesRemoved { get; init; } = [];

    /// <summary>Index files built for tables that exist already.</summary>
    public ImmutableArray<(TableId Table, TableIndexInfo Index)> TableIndexesAdded { get; init; } = [];

    public ImmutableArray<IndexDefinition> IndexesDefined { get; init; } = [];

    public ImmutableArray<IndexId> IndexesDropped { get; init; } = [];

    public ImmutableArray<CollectionDefinition> CollectionsDefined { get; init; } = [];

    /// <summary>Existing collections as they are from now on: name and options.</summary>
    public ImmutableArray<CollectionDefinition> CollectionsChanged { get; init; } = [];

    /// <summary>Those that this engine never knew, too: they can not be defined later.</summary>
    public ImmutableArray<CollectionId> CollectionsDropped { get; init; } = [];

    /// <summary>Log segments below this id are no longer needed.</summary>
    public ulong? OldestLogSegment { get; init; }

    /// <summary>Nothing at or below this version is ever written again.</summary>
    public DocumentVersion? ClockCeiling { get; init; }

    /// <summary>Versions older than this may be gone.</summary>
    public DocumentVersion? RetentionWatermark { get; init; }

    public ulong? NextFileNumber { get; init; }

    public int? ScalingParameter { get; init; }
}

/// <summary>An index of a collection.</summary>
internal sealed record IndexDefinition(IndexId Id, CollectionId Collection, IndexFields Fields, string Cause);

internal sealed record CollectionDefinition(CollectionId Id, string Name)
{
    public CollectionOptions Options { get; init; } = CollectionOptions.Default;
}
