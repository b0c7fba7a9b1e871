// The sum of all edits: which tables, indexes, collections and log segments exist. Apply is the only way from one
// state to the next, at run time and at recovery alike, and it refuses contradictions: an edit that removes what is
// not there is a bug of ours, and better the partition goes down than a table is forgotten.
//
// One race is expected and not a contradiction: an index may be dropped while a flush or a merge still makes its
// file. The table is then added without it; the file is an orphan that the next open removes.

using System.Collections.Immutable;
using IngoDB.Engine.Entries;
using IngoDB.Engine.Sstables;
using IngoDB.Model;

namespace IngoDB.Engine.Manifests;

/// <summary>What exists now. Immutable.</summary>
internal sealed record ManifestState
{
    public ImmutableDictionary<TableId, TableInfo> Tables { get; init; } = ImmutableDictionary<TableId, TableInfo>.Empty;

    public ImmutableDictionary<IndexId, IndexDefinition> Indexes { get; init; } = ImmutableDictionary<IndexId, IndexDefinition>.Empty;

    public ImmutableDictionary<CollectionId, CollectionDefinition> Collections { get; init; } = ImmutableDictionary<CollectionId, CollectionDefinition>.Empty;

    /// <summary>Dropped collections whose rows may still lie in tables; compaction removes them. Their ids are never used again.</summary>
    public ImmutableHashSet<CollectionId> DroppedCollections { get; init; } = [];

    public ulong OldestLogSegment { get; init; }

    public DocumentVersion ClockCeiling { get; init; }

    public DocumentVersion RetentionWatermark { get; init; }

    /// <summary>The next number for a table, index file or log segment.</summary>
    public ulong NextFileNumber { get; init; } = 1;

    public uint NextIndexId { get; init; } = 1;

    public uint NextCollectionId { get; init; } = 1;

    public int ScalingParameter { get; init; }

    /// <exception cref="InvariantViolationException">The edit contradicts the state (removes a table that is not there, ...).</exception>
    public ManifestState Apply(VersionEdit edit) =>
        WithCollections(edit).WithIndexes(edit).WithTables(edit).WithNumbers(edit);

    private ManifestState WithCollections(VersionEdit edit)
    {
        var live = Collections.ToBuilder();
        var dropped = DroppedCollections.ToBuilder();
        foreach (var definition in edit.CollectionsDefined)
        {
            Invariant.Holds(definition.Id.Value != 0 && !dropped.Contains(definition.Id));
            Invariant.Holds(live.TryAdd(definition.Id, definition));
        }

        foreach (var changed in edit.CollectionsChanged)
        {
            Invariant.Holds(live.ContainsKey(changed.Id));
            live[changed.Id] = changed;
        }

        foreach (var id in edit.CollectionsDropped)
        {
            live.Remove(id);
            Invariant.Holds(dropped.Add(id));
        }

        // Looked at last: one edit may let two collections change names.
        Invariant.Holds(live.Values.Select(c => c.Name).Distinct(StringComparer.Ordinal).Count() == live.Count);
        return this with { Collections = live.ToImmutable(), DroppedCollections = dropped.ToImmutable() };
    }

    private ManifestState WithIndexes(VersionEdit edit)
    {
        var indexes = Indexes.ToBuilder();
        foreach (var definition in edit.IndexesDefined)
        {
            Invariant.Holds(definition.Id.Value >= NextIndexId && Collections.ContainsKey(definition.Collection));
            Invariant.Holds(!indexes.Values.Any(other => other.Collection == definition.Collection && other.Fields.Equals(definition.Fields)));
            Invariant.Holds(indexes.TryAdd(definition.Id, definition));
        }

        foreach (var id in edit.IndexesDropped) Invariant.Holds(indexes.Remove(id));
        indexes.RemoveRange(indexes.Values.Where(i => !Collections.ContainsKey(i.Collection)).Select(i => i.Id).ToArray());
        return this with { Indexes = indexes.ToImmutable() };
    }

    private ManifestState WithTables(VersionEdit edit)
    {
        var tables = Tables.ToBuilder();
        foreach (var id in edit.TablesRemoved) Invariant.Holds(tables.Remove(id));
        foreach (var table in edit.TablesAdded)
        {
            Invariant.Holds(!Tables.ContainsKey(table.Id));
            Invariant.Holds(tables.TryAdd(table.Id, table));
        }

        foreach (var (id, index) in edit.TableIndexesAdded)
        {
            Invariant.Holds(tables.ContainsKey(id));
            var table = tables[id];
            Invariant.Holds(!table.Indexes.Any(other => other.Index == index.Index));
            tables[id] = table with { Indexes = table.Indexes.Add(index) };
        }

        foreach (var table in tables.Values.Where(t => t.Indexes.Any(IsGone)).ToArray())
            tables[table.Id] = table with { Indexes = table.Indexes.RemoveAll(IsGone) };
        return this with { Tables = tables.ToImmutable() };
    }

    private bool IsGone(TableIndexInfo index) => !Indexes.ContainsKey(index.Index);

    private ManifestState WithNumbers(VersionEdit edit)
    {
        Invariant.Holds(edit.OldestLogSegment is null || edit.OldestLogSegment >= OldestLogSegment);
        return this with
        {
            OldestLogSegment = edit.OldestLogSegment ?? OldestLogSegment,
            ClockCeiling = Later(ClockCeiling, edit.ClockCeiling),
            RetentionWatermark = Later(RetentionWatermark, edit.RetentionWatermark),
            NextFileNumber = edit.TablesAdded.Aggregate(Math.Max(NextFileNumber, edit.NextFileNumber ?? 0), static (next, t) => Math.Max(next, t.Id.Value + 1)),
            NextIndexId = edit.IndexesDefined.Aggregate(NextIndexId, static (next, i) => Math.Max(next, i.Id.Value + 1)),
            NextCollectionId = edit.CollectionsDefined.Select(c => c.Id).Concat(edit.CollectionsDropped).Aggregate(NextCollectionId, static (next, id) => Math.Max(next, id.Value + 1)),
            ScalingParameter = edit.ScalingParameter ?? ScalingParameter,
        };
    }

    private static DocumentVersion Later(DocumentVersion known, DocumentVersion? told) => told is { } version && version > known ? version : known;
}
