// What travels between client, coordinator and partitions. Envelopes are sealed and immutable, so that a call
// inside a silo passes a reference instead of a copy; they carry bytes made by Model's own codecs, so that a
// document has one encoding for disk and wire, and a new query node is a typed refusal on an older node rather
// than a type that cannot be loaded. Failures travel as data (Fault), not as exceptions: they stay typed on
// both sides and cost no stack trace.
//
// Members are only ever added; ids and aliases never change.

namespace IngoDB.Abstractions;

/// <summary>A failure of a call, as data; <see cref="FaultCodec"/> turns it into the typed exception and back.</summary>
[GenerateSerializer, Immutable, Alias("ingodb.fault")]
public sealed class Fault
{
    [Id(0)] public required string Kind { get; init; }

    [Id(1)] public required string Code { get; init; }

    [Id(2)] public required string Message { get; init; }

    [Id(3)] public string? Pointer { get; init; }

    [Id(4)] public string? Suggestion { get; init; }

    [Id(5)] public string? Example { get; init; }

    [Id(6)] public long RetryAfterMilliseconds { get; init; }

    /// <summary>Where the disk hurts, when it does.</summary>
    [Id(7)] public string? File { get; init; }

    /// <summary>What is wrong there, without file and offset.</summary>
    [Id(8)] public string? Detail { get; init; }

    /// <summary>Corruption: the offset. Unsupported format: the version found and the version known.</summary>
    [Id(9)] public long[] Numbers { get; init; } = [];
}

/// <summary>Writes of one collection: a WritePage.</summary>
[GenerateSerializer, Immutable, Alias("ingodb.write")]
public sealed class WriteRequest
{
    [Id(0)] public required string Collection { get; init; }

    /// <summary>0 from a client; the coordinator fills it in from the catalog.</summary>
    [Id(1)] public uint CollectionId { get; init; }

    [Id(2)] public required byte[] Page { get; init; }

    [Id(3)] public bool Atomic { get; init; }

    /// <summary>Null takes the database's durability.</summary>
    [Id(4)] public bool? Buffered { get; init; }

    [Id(5)] public string? Database { get; init; }

    /// <summary>Reserved: the client's session and sequence, for retries that are never applied twice.</summary>
    [Id(6)] public Guid Session { get; init; }

    [Id(7)] public long Sequence { get; init; }

    /// <summary>When every write is applied, no outcomes are wanted.</summary>
    [Id(8)] public bool Brief { get; init; }
}

/// <summary>Results in the order of the page's writes; none of a brief request whose writes were all applied.</summary>
[GenerateSerializer, Immutable, Alias("ingodb.write.reply")]
public sealed class WriteReply
{
    [Id(0)] public required WriteOutcome[] Outcomes { get; init; }

    [Id(1)] public Fault? Fault { get; init; }
}

[GenerateSerializer, Immutable, Alias("ingodb.write.outcome")]
public readonly struct WriteOutcome
{
    [Id(0)] public byte Status { get; init; }

    [Id(1)] public ulong Version { get; init; }

    [Id(2)] public string? ErrorCode { get; init; }

    [Id(3)] public string? ErrorMessage { get; init; }
}

/// <summary>Point reads.</summary>
[GenerateSerializer, Immutable, Alias("ingodb.get")]
public sealed class GetRequest
{
    [Id(0)] public required string Collection { get; init; }

    [Id(1)] public uint CollectionId { get; init; }

    /// <summary>Id keys, one after the other, each behind its length as varint.</summary>
    [Id(2)] public required byte[] Ids { get; init; }

    /// <summary>0 is the latest.</summary>
    [Id(3)] public ulong Snapshot { get; init; }

    [Id(4)] public string? Database { get; init; }
}

/// <summary>A request in the binary Liquid AST (LiquidBinary).</summary>
[GenerateSerializer, Immutable, Alias("ingodb.query")]
public sealed class QueryRequest
{
    [Id(0)] public required byte[] Ast { get; init; }

    [Id(1)] public string? Database { get; init; }

    /// <summary>Answer with the plan instead of documents.</summary>
    [Id(2)] public ExplainMode Explain { get; init; }

    /// <summary>About how large a page the caller wants; 0 is the default (256 KiB).</summary>
    [Id(3)] public int PageBytes { get; init; }

    [Id(4)] public int TimeoutMilliseconds { get; init; }
}

public enum ExplainMode : byte
{
    No = 0,

    /// <summary>Estimates only.</summary>
    Plan = 1,

    /// <summary>Runs it and shows measured work.</summary>
    Execute = 2,
}

/// <summary>A page of documents (DocumentPage), and how to go on.</summary>
[GenerateSerializer, Immutable, Alias("ingodb.page")]
public sealed class PageReply
{
    [Id(0)] public byte[] Page { get; init; } = [];

    /// <summary>Null at the end; ≤ 512 bytes.</summary>
    [Id(1)] public string? Cursor { get; init; }

    /// <summary>Set when the answer is a number (count) or a plan: a document's row in a DocumentPage of one.</summary>
    [Id(2)] public byte[]? Value { get; init; }

    [Id(3)] public string? StoppedBy { get; init; }

    [Id(4)] public string[] Warnings { get; init; } = [];

    /// <summary>Partitions that could not be asked; the page holds only what the others have.</summary>
    [Id(5)] public int[] MissingPartitions { get; init; } = [];

    [Id(6)] public ulong Snapshot { get; init; }

    [Id(7)] public long DocumentsExamined { get; init; }

    [Id(8)] public Fault? Fault { get; init; }
}

/// <summary>A reply that is one document as data: status, lists, plans.</summary>
[GenerateSerializer, Immutable, Alias("ingodb.value.reply")]
public sealed class ValueReply
{
    /// <summary>A DocumentPage of one document, or empty.</summary>
    [Id(0)] public byte[] Value { get; init; } = [];

    [Id(1)] public Fault? Fault { get; init; }
}

/// <summary>A named operation on the database with a document as argument: collections.list, indexes.list, snapshot.take, cluster.status, ...</summary>
[GenerateSerializer, Immutable, Alias("ingodb.admin")]
public sealed class AdminRequest
{
    [Id(0)] public required string Operation { get; init; }

    [Id(1)] public byte[] Argument { get; init; } = [];

    [Id(2)] public string? Database { get; init; }
}
