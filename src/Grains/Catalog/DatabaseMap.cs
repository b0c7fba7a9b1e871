// What a request believes the database to be: where its partitions are, what its collections are called. Whoever finds out that some of it is
// old reads the catalog again and goes on with another map.

using System.Collections.Frozen;
using IngoDB.Model;

namespace IngoDB.Grains.Catalog;

/// <summary>One database as the catalog had it at one moment: immutable, replaced whole.</summary>
internal sealed class DatabaseMap
{
    private readonly FrozenDictionary<string, CollectionRecord> _collections;

    public DatabaseMap(DatabaseRecord database, IReadOnlyList<PartitionRecord> partitions)
    {
        Invariant.Holds(partitions.Count == database.PartitionCount);
        Database = database;
        Partitions = partitions;
        _collections = database.Collections.ToFrozenDictionary(c => c.Name, StringComparer.Ordinal);
        GrainKeys = [.. partitions.Select(p => PartitionKey.Of(p).ToString())];
    }

    public DatabaseRecord Database { get; }

    public string Name => Database.Name;

    public IReadOnlyList<PartitionRecord> Partitions { get; }

    /// <summary>Keys of the partition grains, by partition.</summary>
    public IReadOnlyList<string> GrainKeys { get; }

    public CollectionRecord? FindCollection(string name) => _collections.GetValueOrDefault(name);

    /// <summary>The same database with a partition that has moved on.</summary>
    public DatabaseMap With(PartitionRecord partition)
    {
        var partitions = Partitions.ToArray();
        partitions[partition.Partition] = partition;
        return new(Database, partitions);
    }

    /// <summary>The same partitions with newer collections and indexes.</summary>
    public DatabaseMap With(DatabaseRecord database) => new(database, Partitions);
}
