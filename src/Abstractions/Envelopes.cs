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

    /// <summary>
    /// The client's session (a random uuid whose last two bytes are zero) and the request's number in it, from 1: the same request,
    /// sent again under the same number, is answered and not done again. Empty: the request has no name.
    /// </summary>
    [Id(6)] public Guid Session { get; init; }

    [Id(7)] public long Sequence { get; init; }

    /// <summary>When every write is applied, no outcomes are wanted.</summary>
    [Id(8)] public bool Brief { get; init; }

    /// <summary>Of the whole request's bytes; filled in by the coordinator, so that a number that comes back with another request is refused.</summary>
    [Id(9)] public ulong Fingerprint { get; init; }

    /// <summary>An atomic batch may write to several collections: the pages of the others. Outcomes stand in the order of the pages.</summary>
    [Id(10)] public CollectionPage[] More { get; init; } = [];

    /// <summary>The reply says where its writes stand (<see cref="WriteReply.Written"/>).</summary>
    [Id(11)] public bool WithPositions { get; init; }

    /// <summary>A session's requests under way are fewer than this, or the partitions can not tell old ones from new.</summary>
    public const int SequencesUnderWayMax = 4096;

    /// <summary>The same request under a number.</summary>
    public WriteRequest Numbered(Guid session, long sequence) => With(session, sequence, Fingerprint);

    /// <summary>The same request with the fingerprint of its bytes.</summary>
    public WriteRequest Fingerprinted(ulong fingerprint) => With(Session, Sequence, fingerprint);

    private WriteRequest With(Guid session, long sequence, ulong fingerprint) => new()
    {
        Collection = Collection, CollectionId = CollectionId, Page = Page, Atomic = Atomic, Buffered = Buffered, Database = Database, Brief = Brief, More = More,
        Session = session, Sequence = sequence, Fingerprint = fingerprint, WithPositions = WithPositions,
    };
}

/// <summary>Writes of a further collection in the same atomic batch.</summary>
[GenerateSerializer, Immutable, Alias("ingodb.write.page")]
public sealed class CollectionPage
{
    [Id(0)] public required string Collection { get; init; }

    /// <summary>0 from a client; the coordinator fills it in from the catalog.</summary>
    [Id(1)] public uint CollectionId { get; init; }

    [Id(2)] public required byte[] Page { get; init; }
}

/// <summary>A write by filter (LiquidBinary of an UpdateWhereWrite or a DeleteWhereWrite).</summary>
[GenerateSerializer, Immutable, Alias("ingodb.change")]
public sealed class ChangeRequest
{
    [Id(0)] public required byte[] Ast { get; init; }

    [Id(1)] public string? Database { get; init; }

    [Id(2)] public bool? Buffered { get; init; }

    /// <summary>As in a WriteRequest: sent again under the same number it goes on where it was, and is never applied twice to a document.</summary>
    [Id(3)] public Guid Session { get; init; }

    [Id(4)] public long Sequence { get; init; }

    [Id(5)] public int TimeoutMilliseconds { get; init; }
}

/// <summary>Results in the order of the page's writes; none of a brief request whose writes were all applied.</summary>
[GenerateSerializer, Immutable, Alias("ingodb.write.reply")]
public sealed class WriteReply
{
    [Id(0)] public required WriteOutcome[] Outcomes { get; init; }

    [Id(1)] public Fault? Fault { get; init; }

    /// <summary>The newest version of each partition written to, when that was asked for.</summary>
    [Id(2)] public PartitionPosition[] Written { get; init; } = [];
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

    /// <summary>Null: the present, as everybody has acknowledged it.</summary>
    [Id(5)] public ReadConcern? Concern { get; init; }
}

/// <summary>How recent an answer has to be, so that a copy that is near may give it.</summary>
[GenerateSerializer, Immutable, Alias("ingodb.read-concern")]
public sealed class ReadConcern
{
    /// <summary>Everything that was acknowledged longer ago than this is seen; null: a session reads, and sees what it has seen.</summary>
    [Id(0)] public long? MaxStalenessMilliseconds { get; init; }

    /// <summary>What the session has seen, at most one entry for a partition.</summary>
    [Id(1)] public PartitionPosition[] Seen { get; init; } = [];

    /// <summary>The greatest version that was seen of a partition.</summary>
    public ulong SeenOf(int partition)
    {
        var seen = 0UL;
        foreach (var position in Seen)
            if ((position.Partition == partition || position.Partition == PartitionPosition.Everywhere) && position.Version > seen) seen = position.Version;
        return seen;
    }
}

/// <summary>All that a partition had up to a version.</summary>
[GenerateSerializer, Immutable, Alias("ingodb.position")]
public readonly struct PartitionPosition(int partition, ulong version)
{
    /// <summary>In the place of a partition: of each of them.</summary>
    public const int Everywhere = -1;

    [Id(0)] public int Partition { get; } = partition;

    [Id(1)] public ulong Version { get; } = version;
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

    /// <summary>Null: the present, as everybody has acknowledged it.</summary>
    [Id(5)] public ReadConcern? Concern { get; init; }
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

    /// <summary>How far the partitions had come that were read, each as of its own present; of what is read at a snapshot, that says it.</summary>
    [Id(9)] public PartitionPosition[] Seen { get; init; } = [];

    /// <summary>The same with more warnings.</summary>
    public PageReply Warned(string[] warnings) => new()
    {
        Page = Page, Cursor = Cursor, Value = Value, StoppedBy = StoppedBy, Warnings = [.. Warnings, .. warnings], MissingPartitions = MissingPartitions, Snapshot = Snapshot, DocumentsExamined = DocumentsExamined, Fault = Fault, Seen = Seen,
    };
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
