// Writes and reads what is remembered of a request. The bytes are drawn in RequestFormat.cs.

using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using IngoDB.Model;

namespace IngoDB.Engine.Entries;

/// <summary>What is remembered: which request, and how it ended (or, of a long one, how far it is).</summary>
/// <param name="Results">Without their ids, which the request itself has; null of progress.</param>
internal sealed record RequestRecord(long Sequence, ulong Fingerprint, WriteResult[]? Results, WriteProgress? Progress)
{
    private static readonly DocumentId AnyId = new(Guid.Empty);

    public static Shape Shape { get; } = Shape.Of(RequestFormat.Field);

    /// <summary>The entry's key.</summary>
    public static int WriteKey(Span<byte> target, in RequestKey request)
    {
        Span<byte> id = stackalloc byte[16];
        request.Session.TryWriteBytes(id, bigEndian: true, out _);
        BinaryPrimitives.WriteUInt16BigEndian(id[RequestFormat.SessionBytes..], (ushort)(request.Sequence % RequestFormat.Slots));
        return EntryKey.Write(target, CollectionId.Requests, new(new Guid(id, bigEndian: true)));
    }

    /// <param name="version">The entry's, which is that of the last write.</param>
    public static byte[] RowOf(in RequestKey request, DocumentVersion version, ReadOnlySpan<WriteResult> results)
    {
        var bytes = new ArrayBufferWriter<byte>(64);
        WriteHead(bytes, request, RequestFormat.OutcomesKind);
        for (var at = 0; at < results.Length;)
        {
            var count = RunLength(results[at..]);
            WriteRun(bytes, version, results[at], count);
            at += count;
        }

        return RowOf(bytes.WrittenSpan);
    }

    /// <summary>Of puts that have consecutive versions, the last of which is the entry's.</summary>
    public static byte[] RowOfPuts(in RequestKey request, int count)
    {
        var last = new DocumentVersion((ulong)count);
        var bytes = new ArrayBufferWriter<byte>(32);
        WriteHead(bytes, request, RequestFormat.OutcomesKind);
        WriteRun(bytes, last, new(WriteStatus.Upserted, AnyId, new(1)), count);
        return RowOf(bytes.WrittenSpan);
    }

    public static byte[] RowOf(in RequestKey request, WriteProgress progress)
    {
        var bytes = new ArrayBufferWriter<byte>(64);
        WriteHead(bytes, request, RequestFormat.ProgressKind);
        var counts = progress.Counts;
        bytes.Write([progress.IsDone ? RequestFormat.DoneFlag : (byte)0]);
        foreach (var count in (ReadOnlySpan<long>)[counts.Matched, counts.Modified, counts.Conflicts, counts.Refused])
        {
            BinaryPrimitives.WriteInt64LittleEndian(bytes.GetSpan(sizeof(long)), count);
            bytes.Advance(sizeof(long));
        }

        Span<byte> last = stackalloc byte[DocumentId.KeyBytesMax];
        last = last[..(progress.Last is { } id ? id.WriteKey(last) : 0)];
        Varint.Write(bytes, last.Length);
        bytes.Write(last);
        if (counts.ErrorCode is not null)
        {
            WriteText(bytes, counts.ErrorCode);
            WriteText(bytes, counts.ErrorMessage ?? "");
        }

        return RowOf(bytes.WrittenSpan);
    }

    /// <param name="version">The entry's.</param>
    public static RequestRecord Read(Shape shape, ReadOnlySpan<byte> row, DocumentVersion version)
    {
        var bytes = new RowReader(shape, row).Field(RequestFormat.Field).Decode().AsBytes().Span;
        if (bytes.Length < RequestFormat.HeadBytes || bytes[0] != RequestFormat.Version)
            throw new UnsupportedFormatException("a remembered request", bytes.IsEmpty ? -1 : bytes[0], RequestFormat.Version);
        var sequence = BinaryPrimitives.ReadInt64LittleEndian(bytes[2..]);
        var fingerprint = BinaryPrimitives.ReadUInt64LittleEndian(bytes[10..]);
        var rest = bytes[RequestFormat.HeadBytes..];
        return bytes[1] == RequestFormat.ProgressKind
            ? new(sequence, fingerprint, null, ReadProgress(rest))
            : new(sequence, fingerprint, ReadRuns(rest, version), null);
    }

    private static void WriteHead(ArrayBufferWriter<byte> target, in RequestKey request, byte kind)
    {
        var head = target.GetSpan(RequestFormat.HeadBytes);
        (head[0], head[1]) = (RequestFormat.Version, kind);
        BinaryPrimitives.WriteInt64LittleEndian(head[2..], request.Sequence);
        BinaryPrimitives.WriteUInt64LittleEndian(head[10..], request.Fingerprint);
        target.Advance(RequestFormat.HeadBytes);
    }

    private static int RunLength(ReadOnlySpan<WriteResult> results)
    {
        var first = results[0];
        if (first.ErrorCode is not null) return 1;
        var length = 1;
        while (length < results.Length && results[length].Status == first.Status && results[length].ErrorCode is null && results[length].Version == VersionAt(first.Status, first.Version, length)) length++;
        return length;
    }

    private static void WriteRun(ArrayBufferWriter<byte> target, DocumentVersion entry, in WriteResult first, int count)
    {
        var isNear = first.Version <= entry && entry.Raw - first.Version.Raw <= int.MaxValue;
        var head = (byte)first.Status;
        if (first.Version != DocumentVersion.None) head |= isNear ? RequestFormat.BackBit : RequestFormat.VersionBit;
        if (first.ErrorCode is not null) head |= RequestFormat.ErrorBit;
        target.GetSpan(1)[0] = head;
        target.Advance(1);
        Varint.Write(target, count);
        if ((head & RequestFormat.BackBit) != 0) Varint.Write(target, (int)(entry.Raw - first.Version.Raw));
        if ((head & RequestFormat.VersionBit) != 0)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(target.GetSpan(sizeof(ulong)), first.Version.Raw);
            target.Advance(sizeof(ulong));
        }

        if (first.ErrorCode is null) return;
        WriteText(target, first.ErrorCode);
        WriteText(target, first.ErrorMessage ?? "");
    }

    private static void WriteText(ArrayBufferWriter<byte> target, string text)
    {
        Varint.Write(target, Encoding.UTF8.GetByteCount(text));
        Encoding.UTF8.GetBytes(text, target);
    }

    private static byte[] RowOf(ReadOnlySpan<byte> bytes)
    {
        var row = new ArrayBufferWriter<byte>(bytes.Length + 16);
        RowWriter.Write(Document.Of((RequestFormat.Field, Value.From(bytes.ToArray()))), row);
        return row.WrittenSpan.ToArray();
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

    private static DocumentVersion VersionAt(WriteStatus status, DocumentVersion first, int i)
        => status is WriteStatus.Upserted or WriteStatus.Inserted or WriteStatus.Replaced or WriteStatus.Deleted ? new(first.Raw + (ulong)i) : first;
}
