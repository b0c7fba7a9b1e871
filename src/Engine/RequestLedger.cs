// A request that comes twice must be done once. What was answered to it lies beside its writes (RequestFormat.cs); here it is
// looked up before anything is staged, under the commit lock, so that two copies of a request that arrive together are one
// after the other and the second finds the first, also when that is not on disk yet (it then waits for the same sync).
//
//   slot holds nothing, or a lower sequence     new: it is done, and takes the slot
//   the same sequence                           done before: its answer is given again
//   a higher sequence                           older than the window: nobody can tell any more
//
// A slot that is older than the retention holds nothing, whatever lies there.

using IngoDB.Engine.Entries;
using IngoDB.Model;

namespace IngoDB.Engine;

/// <summary>Finds and remembers requests. Under the commit lock.</summary>
/// <param name="read">The newest applied state of a key.</param>
/// <param name="clock">That of the engine.</param>
/// <param name="retention">How long a request is remembered.</param>
internal sealed class RequestLedger(PresentStateReader read, ShapeRegistry shapes, HybridClock clock, TimeSpan retention)
{
    private readonly RequestRowWriter _rows = new();

    /// <summary>What is remembered; null when the request is new.</summary>
    /// <exception cref="InvalidRequestException"><c>write.sequence_reused</c>: another request had this sequence.</exception>
    /// <exception cref="UnknownOutcomeException">Older than what is remembered.</exception>
    public (RequestRecord Record, DocumentVersion Version)? Find(in RequestKey request)
    {
        Span<byte> key = stackalloc byte[EntryKey.BytesMax];
        var present = read(key[..RequestRecord.WriteKey(key, request)]);
        if (!present.Exists || present.Version < ForgottenBelow(clock.Now(), retention)) return null;
        var (sequence, fingerprint) = RequestRecord.Peek(present.Shape!, present.Row.Span);
        if (sequence < request.Sequence) return null;
        if (sequence > request.Sequence)
            throw new UnknownOutcomeException($"Request {request.Sequence} of session {request.Session} lies more than {RequestFormat.Slots} requests back; whether it was done is not known any more. Read, and decide.");
        return fingerprint == request.Fingerprint ? (RequestRecord.Read(present.Shape!, present.Row.Span, present.Version), present.Version) : throw Reused(request);
    }

    /// <summary>Fills in the results of a request that was done before.</summary>
    public bool TryAnswer(CommitRequest request)
    {
        if (Find(request.Key) is not var (record, _)) return false;
        if (record.Results is not { } known || known.Length != request.Results.Length) throw Reused(request.Key);
        for (var i = 0; i < known.Length; i++) request.Results[i] = known[i] with { Id = request.Writes[i].Id };
        return true;
    }

    /// <summary>The first version of puts that were done before.</summary>
    public DocumentVersion? FindPuts(in RequestKey request, int count)
    {
        if (Find(request) is not var (record, _)) return null;
        return record.Results is [{ Status: WriteStatus.Upserted } first, ..] known && known.Length == count && known[^1].Version.Raw == first.Version.Raw + (ulong)count - 1
            ? first.Version
            : throw Reused(request);
    }

    /// <summary>How far a long request came; null when it is new.</summary>
    public WriteProgress? FindProgress(in RequestKey request)
        => Find(request) is not var (record, _) ? null : record.Progress ?? throw Reused(request);

    /// <summary>Adds what is to be remembered to the batch that makes it true.</summary>
    /// <param name="version">That of the last write in the batch...</param>
    /// <param name="versionOffset">...and its offset.</param>
    public void Remember(CommitRequest request, DocumentVersion version, uint versionOffset, WriteBatchBuilder batch)
        => Put(request.Key, request.Progress is { } progress ? _rows.Progress(request.Key, progress(request.Results)) : _rows.Outcomes(request.Key, version, request.Results), versionOffset, batch);

    /// <summary>The same for results that are not all of one partition.</summary>
    public void Remember(in RequestKey request, WriteResult[] results, DocumentVersion version, uint versionOffset, WriteBatchBuilder batch)
        => Put(request, _rows.Outcomes(request, version, results), versionOffset, batch);

    private void Put(in RequestKey request, ReadOnlySpan<byte> row, uint versionOffset, WriteBatchBuilder batch)
    {
        Span<byte> key = stackalloc byte[EntryKey.BytesMax];
        key = key[..RequestRecord.WriteKey(key, request)];
        if (shapes.TryIntern(RequestRecord.Shape) is { } shape) batch.Put(versionOffset, DocumentVersion.None, key, shape, row);
        else batch.Put(versionOffset, DocumentVersion.None, key, Shape.SelfDescribed, WithNames(row));
    }

    public static DocumentVersion ForgottenBelow(DocumentVersion now, TimeSpan retention)
        => DocumentVersion.AtMilliseconds(Math.Max(0, now.Milliseconds - (long)Math.Min(retention.TotalMilliseconds, long.MaxValue / 2)));

    internal static byte[] WithNames(ReadOnlySpan<byte> row)
    {
        var named = new System.Buffers.ArrayBufferWriter<byte>(row.Length + 16);
        RowWriter.WriteSelfDescribed(new RowReader(RequestRecord.Shape, row).Decode(), named);
        return named.WrittenSpan.ToArray();
    }

    private static InvalidRequestException Reused(in RequestKey request)
        => new("write.sequence_reused", $"Sequence {request.Sequence} of session {request.Session} was used for another request.", suggestion: "Number every request anew, and repeat one only as it was");
}
