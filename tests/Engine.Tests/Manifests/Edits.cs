using IngoDB.Engine.Entries;
using IngoDB.Engine.Manifests;
using IngoDB.Engine.Sstables;
using IngoDB.Model;

namespace IngoDB.Tests.Manifests;

/// <summary>Edits and states for tests, and states as text so that they compare by content.</summary>
internal static class Edits
{
    public static CollectionId Users { get; } = new(1);

    public static TableInfo Table(ulong id, params uint[] indexes) => new(new(id), 1000 + (long)id, 10, 1, 500, new byte[] { 1, (byte)id }, new byte[] { 9 }, new(id * 10), new((id * 10) + 9))
    {
        ExpiresMax = new(id),
        Quantiles = [new byte[] { 1 }, new byte[] { 5, 5 }, new byte[] { 9 }],
        Collections = [(Users, 7), (new CollectionId(2), 3)],
        Indexes = [.. indexes.Select(i => new TableIndexInfo(new IndexId(i), 100 + i, 10))],
    };

    public static VersionEdit DefineUsers { get; } = new() { CollectionsDefined = [new(Users, "users")] };

    public static VersionEdit DefineCity { get; } = new() { IndexesDefined = [new(new(1), Users, IndexFields.Of("address.city"), "slow scans")] };

    /// <summary>A life with an edit of every kind.</summary>
    public static VersionEdit[] Life { get; } =
    [
        DefineUsers,
        new() { CollectionsDefined = [new(new(2), "orders")], NextFileNumber = 4 },
        new() { TablesAdded = [Table(4)], OldestLogSegment = 5, ClockCeiling = new(77), NextFileNumber = 6 },
        DefineCity,
        new() { TableIndexesAdded = [(new(4), new(new(1), 101, 10))] },
        new() { TablesAdded = [Table(7, 1), Table(8)], TablesRemoved = [new(4)], RetentionWatermark = new(40), ScalingParameter = -3 },
        new() { CollectionsDropped = [new(2), new(9)], CollectionsChanged = [new(Users, "people") { Options = new() { TimeToLive = TimeSpan.FromHours(1), Buffered = true } }] },
        new() { IndexesDefined = [new(new(2), Users, IndexFields.Of("tags[]"), "")], IndexesDropped = [new(1)] },
    ];

    public static ManifestState After(int edits) => Life.Take(edits).Aggregate(new ManifestState(), (state, edit) => state.Apply(edit));

    /// <summary>Everything a state says.</summary>
    public static string Text(ManifestState state)
    {
        var writer = new ManifestWriter();
        ManifestEncoder.Write(state, writer);
        return Convert.ToHexString(writer.Written);
    }
}
