// The other half of ManifestEncoder. The frame's checksum was verified before, so what does not decode here was
// written wrong or is forged: corruption, by file and offset, never an exception of another kind.

using System.Collections.Immutable;
using IngoDB.Engine.Entries;
using IngoDB.Engine.Sstables;
using IngoDB.Model;

namespace IngoDB.Engine.Manifests;

/// <summary>Reads edits and states.</summary>
internal static class ManifestDecoder
{
    public static VersionEdit ReadEdit(ManifestReader reader) => Read(ref reader, out _, out _);

    public static ManifestState ReadState(ManifestReader reader)
    {
        var edit = Read(ref reader, out var nextIndexId, out var nextCollectionId);
        var state = new ManifestState { DroppedCollections = [.. edit.CollectionsDropped] };
        return state.Apply(edit with { CollectionsDropped = [] }) with { NextIndexId = nextIndexId, NextCollectionId = nextCollectionId };
    }

    private static VersionEdit Read(ref ManifestReader reader, out uint nextIndexId, out uint nextCollectionId)
    {
        var tables = ImmutableArray.CreateBuilder<TableInfo>();
        var tablesRemoved = ImmutableArray.CreateBuilder<TableId>();
        var tableIndexes = ImmutableArray.CreateBuilder<(TableId, TableIndexInfo)>();
        var indexes = ImmutableArray.CreateBuilder<IndexDefinition>();
        var indexesDropped = ImmutableArray.CreateBuilder<IndexId>();
        var collections = ImmutableArray.CreateBuilder<CollectionDefinition>();
        var collectionsChanged = ImmutableArray.CreateBuilder<CollectionDefinition>();
        var collectionsDropped = ImmutableArray.CreateBuilder<CollectionId>();
        var edit = new VersionEdit();
        nextIndexId = nextCollectionId = 1;
        while (!reader.AtEnd)
        {
            switch (reader.Tag())
            {
                case ManifestTag.TableAdded: tables.Add(ReadTable(ref reader)); break;
                case ManifestTag.TableRemoved: tablesRemoved.Add(new(reader.U64())); break;
                case ManifestTag.TableIndexAdded: tableIndexes.Add((new(reader.U64()), ReadIndex(ref reader))); break;
                case ManifestTag.IndexDefined: indexes.Add(ReadDefinition(ref reader, isCompound: false)); break;
                case ManifestTag.CompoundIndexDefined: indexes.Add(ReadDefinition(ref reader, isCompound: true)); break;
                case ManifestTag.FormedIndexDefined: indexes.Add(ReadFormed(ref reader)); break;
                case ManifestTag.IndexDropped: indexesDropped.Add(new(reader.U32())); break;
                case ManifestTag.CollectionDefined: collections.Add(new(new(reader.U32()), reader.Text())); break;
                case ManifestTag.CollectionChanged: collectionsChanged.Add(ReadChanged(ref reader)); break;
                case ManifestTag.CollectionDropped: collectionsDropped.Add(new(reader.U32())); break;
                case ManifestTag.OldestLogSegment: edit = edit with { OldestLogSegment = reader.U64() }; break;
                case ManifestTag.ClockCeiling: edit = edit with { ClockCeiling = new(reader.U64()) }; break;
                case ManifestTag.RetentionWatermark: edit = edit with { RetentionWatermark = new(reader.U64()) }; break;
                case ManifestTag.NextFileNumber: edit = edit with { NextFileNumber = reader.U64() }; break;
                case ManifestTag.ScalingParameter: edit = edit with { ScalingParameter = (int)reader.U32() }; break;
                case ManifestTag.NextIndexId: nextIndexId = reader.U32(); break;
                case ManifestTag.NextCollectionId: nextCollectionId = reader.U32(); break;
                case var unknown: throw reader.Damage($"unknown item {(byte)unknown}");
            }
        }

        return edit with
        {
            TablesAdded = tables.DrainToImmutable(),
            TablesRemoved = tablesRemoved.DrainToImmutable(),
            TableIndexesAdded = tableIndexes.DrainToImmutable(),
            IndexesDefined = indexes.DrainToImmutable(),
            IndexesDropped = indexesDropped.DrainToImmutable(),
            CollectionsDefined = collections.DrainToImmutable(),
            CollectionsChanged = collectionsChanged.DrainToImmutable(),
            CollectionsDropped = collectionsDropped.DrainToImmutable(),
        };
    }

    private static CollectionDefinition ReadChanged(ref ManifestReader reader) => new(new(reader.U32()), reader.Text())
    {
        Options = new()
        {
            TimeToLive = reader.I64() is > 0 and var milliseconds ? TimeSpan.FromMilliseconds(milliseconds) : null,
            Buffered = reader.U32() switch { 1 => false, 2 => true, _ => null },
        },
    };

    private static IndexDefinition ReadDefinition(ref ManifestReader reader, bool isCompound)
    {
        var (id, collection) = (new IndexId(reader.U32()), new CollectionId(reader.U32()));
        var paths = new FieldPath[isCompound ? (int)Math.Min(reader.U32(), IndexFields.CountMax + 1) : 1];
        for (var i = 0; i < paths.Length; i++) paths[i] = reader.Path();
        var fields = IndexFields.TryOf(paths) ?? throw reader.Damage($"no index is over {string.Join<FieldPath>('+', paths)}");
        return new(id, collection, fields, reader.Text());
    }

    private static IndexDefinition ReadFormed(ref ManifestReader reader)
    {
        var (id, collection, text) = (new IndexId(reader.U32()), new CollectionId(reader.U32()), reader.Text());
        return new(id, collection, IndexFields.TryParse(text, out var fields) ? fields : throw reader.Damage($"'{text}' is no index"), reader.Text());
    }

    private static TableInfo ReadTable(ref ManifestReader reader)
    {
        var table = new TableInfo(
            new(reader.U64()), reader.I64(), reader.I64(), reader.I64(), reader.I64(), reader.Bytes(), reader.Bytes(), new(reader.U64()), new(reader.U64()))
        {
            ExpiresMax = new(reader.U64()),
            ExpiringCount = reader.I64(),
            SupersededCount = reader.I64(),
        };
        var quantiles = ImmutableArray.CreateBuilder<ReadOnlyMemory<byte>>();
        for (var left = reader.U32(); left > 0; left--) quantiles.Add(reader.Bytes());
        var collections = ImmutableArray.CreateBuilder<(CollectionId, long)>();
        for (var left = reader.U32(); left > 0; left--) collections.Add((new(reader.U32()), reader.I64()));
        var indexes = ImmutableArray.CreateBuilder<TableIndexInfo>();
        for (var left = reader.U32(); left > 0; left--) indexes.Add(ReadIndex(ref reader));
        return table with { Quantiles = quantiles.DrainToImmutable(), Collections = collections.DrainToImmutable(), Indexes = indexes.DrainToImmutable() };
    }

    private static TableIndexInfo ReadIndex(ref ManifestReader reader) => new(new(reader.U32()), reader.I64(), reader.I64());
}
