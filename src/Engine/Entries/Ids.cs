namespace IngoDB.Engine.Entries;

/// <summary>A collection inside a database. Never reused; 0 is no collection.</summary>
public readonly record struct CollectionId(uint Value) : IComparable<CollectionId>
{
    /// <summary>Where a partition remembers requests (RequestFormat); it has no name, and no query reaches it.</summary>
    internal static CollectionId Requests => new(uint.MaxValue);

    /// <summary>Where a partition keeps what it knows of batches over several partitions (TransactionFormat); as hidden as the other.</summary>
    internal static CollectionId Transactions => new(uint.MaxValue - 1);

    /// <summary>The engine's own, without documents.</summary>
    internal bool IsHidden => Value >= Transactions.Value;

    public int CompareTo(CollectionId other) => Value.CompareTo(other.Value);

    public override string ToString() => $"c{Value}";
}

/// <summary>Put or Delete. On disk: never change the numbers.</summary>
public enum EntryKind : byte
{
    Put = 1,
    Delete = 2,
}
