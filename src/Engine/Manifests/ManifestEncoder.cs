// An edit as bytes, by hand: a sequence of items, each a tag and its fields. A state is written as the edit that
// makes it from nothing, and the three facts no edit can say (what was dropped, which ids are used up). Numbers
// are fixed width: an edit is rare and small, and fixed places are easy to check by eye in a dump.

using System.Collections.Immutable;
using IngoDB.Engine.Entries;
using IngoDB.Engine.Sstables;
using IngoDB.Model;

namespace IngoDB.Engine.Manifests;

/// <summary>On disk: never change the numbers.</summary>
internal enum ManifestTag : byte
{
    TableAdded = 1,
    TableRemoved = 2,
    TableIndexAdded = 3,
    IndexDefined = 4,
    IndexDropped = 5,
    CollectionDefined = 6,
    CollectionDropped = 7,
    OldestLogSegment = 8,
    ClockCeiling = 9,
    RetentionWatermark = 10,
    NextFileNumber = 11,
    ScalingParameter = 12,
    NextIndexId = 13,
    NextCollectionId = 14,
    CollectionChanged = 15,
    CompoundIndexDefined = 16,
    FormedIndexDefined = 17,
}

/// <summary>Writes edits and states; <see cref="ManifestDecoder"/> reads them.</summary>
internal static class ManifestEncoder
{
    public static void Write(VersionEdit edit, ManifestWriter writer)
    {
        foreach (var definition in edit.CollectionsDefined) writer.Tag(ManifestTag.CollectionDefined).U32(definition.Id.Value).Text(definition.Name);
        foreach (var changed in edit.CollectionsChanged.Concat(edit.CollectionsDefined.Where(c => !c.Options.IsDefault)))
            writer.Tag(ManifestTag.CollectionChanged).U32(changed.Id.Value).Text(changed.Name).I64((long)(changed.Options.TimeToLive?.TotalMilliseconds ?? 0)).U32(DurabilityOf(changed.Options));
        foreach (var id in edit.CollectionsDropped) writer.Tag(ManifestTag.CollectionDropped).U32(id.Value);
        foreach (var index in edit.IndexesDefined) Write(index, writer);
        foreach (var id in edit.IndexesDropped) writer.Tag(ManifestTag.IndexDropped).U32(id.Value);
        foreach (var id in edit.TablesRemoved) writer.Tag(ManifestTag.TableRemoved).U64(id.Value);
        foreach (var table in edit.TablesAdded) Write(table, writer.Tag(ManifestTag.TableAdded));
        foreach (var (table, index) in edit.TableIndexesAdded) Write(index, writer.Tag(ManifestTag.TableIndexAdded).U64(table.Value));
        if (edit.OldestLogSegment is { } segment) writer.Tag(ManifestTag.OldestLogSegment).U64(segment);
        if (edit.ClockCeiling is { } ceiling) writer.Tag(ManifestTag.ClockCeiling).U64(ceiling.Raw);
        if (edit.RetentionWatermark is { } watermark) writer.Tag(ManifestTag.RetentionWatermark).U64(watermark.Raw);
        if (edit.NextFileNumber is { } number) writer.Tag(ManifestTag.NextFileNumber).U64(number);
        if (edit.ScalingParameter is { } parameter) writer.Tag(ManifestTag.ScalingParameter).U32((uint)parameter);
    }

    public static void Write(ManifestState state, ManifestWriter writer)
    {
        Write(FromNothing(state), writer);
        foreach (var id in state.DroppedCollections.Order()) writer.Tag(ManifestTag.CollectionDropped).U32(id.Value);
        writer.Tag(ManifestTag.NextIndexId).U32(state.NextIndexId);
        writer.Tag(ManifestTag.NextCollectionId).U32(state.NextCollectionId);
    }

    private static uint DurabilityOf(CollectionOptions options) => options.Buffered switch { null => 0u, false => 1u, true => 2u };

    private static VersionEdit FromNothing(ManifestState state) => new()
    {
        CollectionsDefined = [.. state.Collections.Values.OrderBy(c => c.Id)],
        IndexesDefined = [.. state.Indexes.Values.OrderBy(i => i.Id)],
        TablesAdded = [.. state.Tables.Values.OrderBy(t => t.Id)],
        OldestLogSegment = state.OldestLogSegment,
        ClockCeiling = state.ClockCeiling,
        RetentionWatermark = state.RetentionWatermark,
        NextFileNumber = state.NextFileNumber,
        ScalingParameter = state.ScalingParameter,
    };

    private static void Write(TableInfo table, ManifestWriter writer)
    {
        writer.U64(table.Id.Value).I64(table.FileBytes).I64(table.EntryCount).I64(table.DeleteCount).I64(table.UserBytes);
        writer.Bytes(table.FirstKey.Span).Bytes(table.LastKey.Span);
        writer.U64(table.OldestVersion.Raw).U64(table.NewestVersion.Raw).U64(table.ExpiresMax.Raw).I64(table.ExpiringCount).I64(table.SupersededCount);
        writer.U32((uint)table.Quantiles.Length);
        foreach (var key in table.Quantiles) writer.Bytes(key.Span);
        writer.U32((uint)table.Collections.Length);
        foreach (var (collection, rows) in table.Collections) writer.U32(collection.Value).I64(rows);
        writer.U32((uint)table.Indexes.Length);
        foreach (var index in table.Indexes) Write(index, writer);
    }

    private static void Write(IndexDefinition index, ManifestWriter writer)
    {
        if (index.Fields.IsCovering || index.Fields.IsPartial)
        {
            writer.Tag(ManifestTag.FormedIndexDefined).U32(index.Id.Value).U32(index.Collection.Value).Text(index.Fields.Text).Text(index.Cause);
            return;
        }

        writer.Tag(index.Fields.IsCompound ? ManifestTag.CompoundIndexDefined : ManifestTag.IndexDefined).U32(index.Id.Value).U32(index.Collection.Value);
        if (index.Fields.IsCompound) writer.U32((uint)index.Fields.Paths.Length);
        foreach (var path in index.Fields.Paths) writer.Text(path.Text);
        writer.Text(index.Cause);
    }

    private static void Write(TableIndexInfo index, ManifestWriter writer) => writer.U32(index.Index.Value).I64(index.FileBytes).I64(index.EntryCount);
}
