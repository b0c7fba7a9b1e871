// Writes what is to be remembered of a request as the row of an entry. Kept and used again, since there is one for every request: nothing is
// allocated from the second on. The bytes are drawn in RequestFormat.cs.

using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using IngoDB.Model;

namespace IngoDB.Engine.Entries;

/// <summary>Rows of <see cref="RequestRecord.Shape"/>, each valid until the next. One thread at a time.</summary>
internal sealed class RequestRowWriter
{
    private readonly ArrayBufferWriter<byte> _bytes = new(64);
    private readonly DocWriter _row = new();

    /// <param name="version">The entry's, which is that of the last write.</param>
    public ReadOnlySpan<byte> Outcomes(in RequestKey request, DocumentVersion version, ReadOnlySpan<WriteResult> results)
    {
        Begin(request, RequestFormat.OutcomesKind);
        for (var at = 0; at < results.Length;)
        {
            var count = RunLength(results[at..]);
            WriteRun(version, results[at], count);
            at += count;
        }

        return Row();
    }

    /// <summary>Of puts that have consecutive versions, the last of which is the entry's.</summary>
    public ReadOnlySpan<byte> Puts(in RequestKey request, int count)
    {
        Begin(request, RequestFormat.OutcomesKind);
        WriteRun(new((ulong)count), new(WriteStatus.Upserted, RequestRecord.AnyId, new(1)), count);
        return Row();
    }

    public ReadOnlySpan<byte> Progress(in RequestKey request, WriteProgress progress)
    {
        Begin(request, RequestFormat.ProgressKind);
        var counts = progress.Counts;
        _bytes.Write([progress.IsDone ? RequestFormat.DoneFlag : (byte)0]);
        foreach (var count in (ReadOnlySpan<long>)[counts.Matched, counts.Modified, counts.Conflicts, counts.Refused])
        {
            BinaryPrimitives.WriteInt64LittleEndian(_bytes.GetSpan(sizeof(long)), count);
            _bytes.Advance(sizeof(long));
        }

        Span<byte> last = stackalloc byte[DocumentId.KeyBytesMax];
        last = last[..(progress.Last is { } id ? id.WriteKey(last) : 0)];
        Varint.Write(_bytes, last.Length);
        _bytes.Write(last);
        if (counts.ErrorCode is not null)
        {
            WriteText(counts.ErrorCode);
            WriteText(counts.ErrorMessage ?? "");
        }

        return Row();
    }

    private void Begin(in RequestKey request, byte kind)
    {
        _bytes.ResetWrittenCount();
        var head = _bytes.GetSpan(RequestFormat.HeadBytes);
        (head[0], head[1]) = (RequestFormat.Version, kind);
        BinaryPrimitives.WriteInt64LittleEndian(head[2..], request.Sequence);
        BinaryPrimitives.WriteUInt64LittleEndian(head[10..], request.Fingerprint);
        _bytes.Advance(RequestFormat.HeadBytes);
    }

    private ReadOnlySpan<byte> Row() => _row.Begin(RequestRecord.Shape).WriteBytes(_bytes.WrittenSpan).Row;

    private static int RunLength(ReadOnlySpan<WriteResult> results)
    {
        ref readonly var first = ref results[0];
        if (first.ErrorCode is not null) return 1;
        var length = 1;
        while (length < results.Length && results[length].Status == first.Status && results[length].ErrorCode is null && results[length].Version == RequestRecord.VersionAt(first.Status, first.Version, length)) length++;
        return length;
    }

    private void WriteRun(DocumentVersion entry, in WriteResult first, int count)
    {
        var isNear = first.Version <= entry && entry.Raw - first.Version.Raw <= int.MaxValue;
        var head = (byte)first.Status;
        if (first.Version != DocumentVersion.None) head |= isNear ? RequestFormat.BackBit : RequestFormat.VersionBit;
        if (first.ErrorCode is not null) head |= RequestFormat.ErrorBit;
        _bytes.Write([head]);
        Varint.Write(_bytes, count);
        if ((head & RequestFormat.BackBit) != 0) Varint.Write(_bytes, (int)(entry.Raw - first.Version.Raw));
        if ((head & RequestFormat.VersionBit) != 0)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(_bytes.GetSpan(sizeof(ulong)), first.Version.Raw);
            _bytes.Advance(sizeof(ulong));
        }

        if (first.ErrorCode is null) return;
        WriteText(first.ErrorCode);
        WriteText(first.ErrorMessage ?? "");
    }

    private void WriteText(string text)
    {
        Varint.Write(_bytes, Encoding.UTF8.GetByteCount(text));
        Encoding.UTF8.GetBytes(text, _bytes);
    }
}
