// What coordinator and partitions say to each other. Like the envelopes for clients: sealed, immutable, bytes of
// Model's codecs, failures as data.

using IngoDB.Abstractions;

namespace IngoDB.Grains.Partitions;

/// <summary>One page of a scan in one partition.</summary>
[GenerateSerializer, Immutable, Alias("ingodb.partition.scan")]
internal sealed class PartitionScan
{
    /// <summary>The whole query (LiquidBinary); the fields below replace its skip, limit and cursor.</summary>
    [Id(0)] public required byte[] Query { get; init; }

    [Id(1)] public required uint CollectionId { get; init; }

    [Id(2)] public required ulong Snapshot { get; init; }

    /// <summary>The order key after which to go on; empty at the beginning.</summary>
    [Id(3)] public byte[] After { get; init; } = [];

    /// <summary>The most documents that are still wanted; 0 is all.</summary>
    [Id(4)] public int Limit { get; init; }

    [Id(5)] public int PageBytes { get; init; }

    /// <summary>Names the scan, so that its next page goes on where this one ended instead of beginning again; 0 keeps nothing open.</summary>
    [Id(6)] public ulong Scan { get; init; }
}

/// <summary>Documents in order, with their order keys.</summary>
[GenerateSerializer, Immutable, Alias("ingodb.partition.page")]
internal sealed class PartitionPage
{
    /// <summary>A DocumentPage, or nothing.</summary>
    [Id(0)] public byte[] Page { get; init; } = [];

    [Id(1)] public bool More { get; init; }

    [Id(2)] public long Examined { get; init; }

    [Id(3)] public string? StoppedBy { get; init; }

    [Id(4)] public long Count { get; init; }

    [Id(5)] public Fault? Fault { get; init; }

    /// <summary>The order key of the last document: what the next page follows.</summary>
    [Id(6)] public byte[] Last { get; init; } = [];

    /// <summary>Work since the page before, in documents examined by a scan.</summary>
    [Id(7)] public double Cost { get; init; }

    /// <summary>Of a get of the present: everything in it has a version up to this, and whoever has all up to this sees no less.</summary>
    [Id(8)] public ulong Version { get; init; }
}

/// <summary>Documents that hold one of some values at a field: one hop of a traversal, in one partition.</summary>
[GenerateSerializer, Immutable, Alias("ingodb.partition.join")]
internal sealed class PartitionJoin
{
    [Id(0)] public required uint CollectionId { get; init; }

    [Id(1)] public required string Field { get; init; }

    /// <summary>A DocumentPage of one document with the array <c>values</c>; empty when <see cref="Keys"/> are given instead.</summary>
    [Id(2)] public byte[] Values { get; init; } = [];

    /// <summary>A ScanQuery (LiquidBinary) whose filter the documents must satisfy; with keys also what is read of them.</summary>
    [Id(3)] public required byte[] Query { get; init; }

    [Id(4)] public required ulong Snapshot { get; init; }

    /// <summary>The id key after which to go on; empty at the beginning.</summary>
    [Id(5)] public byte[] After { get; init; } = [];

    [Id(6)] public int PageBytes { get; init; }

    /// <summary>As in a scan.</summary>
    [Id(7)] public ulong Scan { get; init; }

    /// <summary>The values of a frontier as key bytes (FrontierKeys).</summary>
    [Id(8)] public byte[] Keys { get; init; } = [];
}

/// <summary>A write by filter, in one partition.</summary>
[GenerateSerializer, Immutable, Alias("ingodb.partition.change")]
internal sealed class PartitionChange
{
    /// <summary>LiquidBinary of a WhereWrite.</summary>
    [Id(0)] public required byte[] Ast { get; init; }

    [Id(1)] public required uint CollectionId { get; init; }

    /// <summary>Where documents are found.</summary>
    [Id(2)] public required ulong Snapshot { get; init; }

    /// <summary>Nothing is written: how many match, and whether the request has begun before.</summary>
    [Id(3)] public bool CountOnly { get; init; }

    [Id(4)] public Guid Session { get; init; }

    [Id(5)] public long Sequence { get; init; }

    [Id(6)] public ulong Fingerprint { get; init; }

    [Id(7)] public bool? Buffered { get; init; }
}

/// <summary>What has changed in a collection of one partition.</summary>
[GenerateSerializer, Immutable, Alias("ingodb.partition.changes")]
internal sealed class PartitionChangesRequest
{
    [Id(0)] public required uint CollectionId { get; init; }

    /// <summary>Changes at or below it are known.</summary>
    [Id(1)] public required ulong After { get; init; }

    /// <summary>The point in time that is read.</summary>
    [Id(2)] public required ulong Snapshot { get; init; }

    [Id(3)] public required int ChangesMax { get; init; }

    /// <summary>LiquidBinary of a ScanQuery with the condition; empty: every document.</summary>
    [Id(4)] public byte[] Query { get; init; } = [];

    [Id(5)] public bool WithGone { get; init; }
}

/// <summary>Changes of one partition, by version.</summary>
[GenerateSerializer, Immutable, Alias("ingodb.partition.changes-page")]
internal sealed class PartitionChangesPage
{
    /// <summary>A DocumentPage, or nothing; a document with an order key is gone, and empty.</summary>
    [Id(0)] public byte[] Page { get; init; } = [];

    /// <summary>Everything up to here has been told.</summary>
    [Id(1)] public ulong Until { get; init; }

    [Id(2)] public Fault? Fault { get; init; }
}

/// <summary>A point on the partition's clock.</summary>
[GenerateSerializer, Immutable, Alias("ingodb.partition.time")]
internal sealed class PartitionTime
{
    [Id(0)] public ulong Version { get; init; }

    [Id(1)] public Fault? Fault { get; init; }
}

/// <summary>What to do about a held snapshot.</summary>
internal enum SnapshotAct : byte
{
    Hold,
    Renew,
    Release,
}

/// <summary>What to do by hand.</summary>
internal enum PartitionAct : byte
{
    Flush,
    Compact,
    Settle,
}
