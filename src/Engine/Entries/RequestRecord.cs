// Reads what is remembered of a request; RequestRowWriter writes it. The bytes are drawn in RequestFormat.cs.

using System.Buffers.Binary;
using System.Text;
using IngoDB.Model;

namespace IngoDB.Engine.Entries;

/// <summary>What is remembered: which request, and how it ended (or, of a long one, how far it is).</summary>
/// <param name="Results">Without their ids, which the request itself has; null of progress.</param>
internal sealed record RequestRecord(long Sequence, ulong Fingerprint, WriteResult[]? Results, WriteProgress? Progress)
{
    internal static readonly DocumentId AnyId = new(Guid.Empty);

    public static Shape Shape { get; } = Shape.Of(RequestFormat.Field);

    /// <summary>The entry's key.</summary>
    public static int WriteKey(Span<byte> target, in RequestKey request)
    {
        Span<byte> id = stackalloc byte[16];
        request.Session.TryWriteBytes(id, bigEndian: true, out _);
        BinaryPrimitives.WriteUInt16BigEndian(id[RequestFormat.SessionBytes..], (ushort)(request.Sequence % RequestFormat.Slots));
        return EntryKey.Write(target, CollectionId.Requests, new(new Guid(id, bigEndian: true)));
    }

    /// <summary>Only which request it is: of most entries that are found nothing else is asked.</summary>
    public static (long Sequence, ulong Fingerprint) Peek(Shape shape, ReadOnlySpan<byte> row)
    {
        var bytes = BytesOf(shape, row);
        return (BinaryPrimitives.ReadInt64LittleEndian(bytes[2..]), BinaryPrimitives.ReadUInt64LittleEndian(bytes[10..]));
    }

    /// <param name="version">The entry's.</param>
    public static RequestRecord Read(Shape shape, ReadOnlySpan<byte> row, DocumentVersion version)
    {
        var bytes = BytesOf(shape, row);
        var sequence = BinaryPrimitives.ReadInt64LittleEndian(bytes[2..]);
        var fingerprint = BinaryPrimitives.ReadUInt64LittleEndian(bytes[10..]);
        var rest = bytes[RequestFormat.HeadBytes..];
        return bytes[1] == RequestFormat.ProgressKind
            ? new(sequence, fingerprint, null, ReadProgress(rest))
            : new(sequence, fingerprint, ReadRuns(rest, version), null);
    }

    private static ReadOnlySpan<byte> BytesOf(Shape shape, ReadOnlySpan<byte> row)
    {
        var bytes = new RowReader(shape, row).Field(RequestFormat.Field).Payload;
        return bytes.Length >= RequestFormat.HeadBytes && bytes[0] == RequestFormat.Version
            ? bytes
            : throw new UnsupportedFormatException("a remembered request", bytes.IsEmpty ? -1 : bytes[0], RequestFormat.Version);
    }

    private static WriteResult[] ReadRuns(ReadOnlySpan<byte> bytes, DocumentVersion entry)
    {
        var results = new List<WriteResult>();
        for (var at = 0; at < bytes.Length;)
        {
            var head = bytes[at++];
            var count = Varint.Read(bytes, ref at);
            var version = DocumentVersion.None;
            if ((head & RequestFormat.BackBit) != 0) version = new(entry.Raw - (ulong)Varint.Read(bytes, ref at));
            if ((head & RequestFormat.VersionBit) != 0)
            {
                version = new(BinaryPrimitives.ReadUInt64LittleEndian(bytes[at..]));
                at += sizeof(ulong);
            }

            var isRefused = (head & RequestFormat.ErrorBit) != 0;
            var code = isRefused ? ReadText(bytes, ref at) : null;
            var message = isRefused ? ReadText(bytes, ref at) : null;
            var status = (WriteStatus)(head & RequestFormat.StatusMask);
            for (var i = 0; i < count; i++) results.Add(new(status, AnyId, VersionAt(status, version, i), code, message));
        }

        return [.. results];
    }

    private static string ReadText(ReadOnlySpan<byte> bytes, ref int at)
    {
        var length = Varint.Read(bytes, ref at);
        at += length;
        return Encoding.UTF8.GetString(bytes.Slice(at - length, length));
    }

    private static WriteProgress ReadProgress(ReadOnlySpan<byte> bytes)
    {
        var at = 1;
        long Next(ReadOnlySpan<byte> source)
        {
            at += sizeof(long);
            return BinaryPrimitives.ReadInt64LittleEndian(source[(at - sizeof(long))..]);
        }

        var counts = new WhereResult(Next(bytes), Next(bytes), Next(bytes), Next(bytes));
        var length = Varint.Read(bytes, ref at);
        var last = length == 0 ? default(DocumentId?) : DocumentId.ReadKey(bytes.Slice(at, length));
        at += length;
        if (at < bytes.Length) counts = counts with { ErrorCode = ReadText(bytes, ref at), ErrorMessage = ReadText(bytes, ref at) };
        return new(counts, last, (bytes[0] & RequestFormat.DoneFlag) != 0);
    }

    internal static DocumentVersion VersionAt(WriteStatus status, DocumentVersion first, int i)
        => status is WriteStatus.Upserted or WriteStatus.Inserted or WriteStatus.Replaced or WriteStatus.Deleted ? new(first.Raw + (ulong)i) : first;
}
