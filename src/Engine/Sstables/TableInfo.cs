// What can be decided about a table without opening it: whether a key may be in it, how old it is, how dense, how
// much of it is garbage. The manifest holds this for every table, and the pure deciders (compaction, planner) see
// nothing else.

using System.Collections.Immutable;
using IngoDB.Engine.Entries;
using IngoDB.Model;

namespace IngoDB.Engine.Sstables;

/// <summary>A table, and the number in its file's name. Never reused.</summary>
public readonly record struct TableId(ulong Value) : IComparable<TableId>
{
    public int CompareTo(TableId other) => Value.CompareTo(other.Value);

    public override string ToString() => $"t{Value}";
}

/// <summary>What the manifest knows of a table, without opening it. Immutable.</summary>
/// <param name="FirstKey">Smallest entry key.</param>
/// <param name="LastKey">Greatest entry key.</param>
/// <param name="OldestVersion">Its age is this range of versions, never its size or name.</param>
/// <param name="UserBytes">Sum of key and row bytes before compression.</param>
internal sealed record TableInfo(
    TableId Id,
    long FileBytes,
    long EntryCount,
    long DeleteCount,
    long UserBytes,
    ReadOnlyMemory<byte> FirstKey,
    ReadOnlyMemory<byte> LastKey,
    DocumentVersion OldestVersion,
    DocumentVersion NewestVersion)
{
    /// <summary>Greatest ExpiresAt of its entries; None when no entry expires.</summary>
    public DocumentVersion ExpiresMax { get; init; }

    /// <summary>Entries that expire at some time.</summary>
    public long ExpiringCount { get; init; }

    /// <summary>Entries below a newer one of the same key in this table: garbage once no reader can be that old.</summary>
    public long SupersededCount { get; init; }

    /// <summary>Entry keys at equal row distances (first and last included), from which shares and shard boundaries are computed.</summary>
    public ImmutableArray<ReadOnlyMemory<byte>> Quantiles { get; init; } = [];

    /// <summary>Rows per collection, so that whole collections can be skipped.</summary>
    public ImmutableArray<(CollectionId Collection, long Rows)> Collections { get; init; } = [];

    public long RowsOf(CollectionId collection)
    {
        foreach (var (held, rows) in Collections)
            if (held == collection) return rows;
        return 0;
    }

    /// <summary>Index files attached to this table: born, merged and dropped with it.</summary>
    public ImmutableArray<TableIndexInfo> Indexes { get; init; } = [];

    public string FileName => FileNameOf(Id);

    public static string FileNameOf(TableId id) => FormattableString.Invariant($"{id.Value:D12}.sst");
}

/// <summary>An index file of one table.</summary>
internal sealed record TableIndexInfo(IndexId Index, long FileBytes, long EntryCount)
{
    public string FileName(TableId table) => FormattableString.Invariant($"{table.Value:D12}.{Index.Value:D6}.idx");
}

/// <summary>An index definition. Never reused.</summary>
public readonly record struct IndexId(uint Value) : IComparable<IndexId>
{
    public int CompareTo(IndexId other) => Value.CompareTo(other.Value);

    public override string ToString() => $"i{Value}";
}
