// The snapshots that a copy holds ready for others. Making one stops the applying of entries for a flush, so the same one is offered
// again as long as it will do; when nobody has fetched from it for a while its folder goes.

using System.Collections.Immutable;
using System.IO.Hashing;
using IngoDB.Engine.Files;
using IngoDB.Replication.Logs;
using IngoDB.Replication.Members;
using IngoDB.Replication.Messages;

namespace IngoDB.Grains.Replicas;

/// <summary>At most one export at a time. Thread-safe.</summary>
internal sealed class SnapshotExports(IFileSystem files, string folder, CopyId from, TimeProvider time)
{
    private static readonly TimeSpan KeptFor = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private Export? _export;
    private bool _isMaking;

    /// <summary>The log must reach back so far; null: nobody needs anything.</summary>
    public Lsn? Oldest
    {
        get { lock (_gate) return Living()?.Snapshot.Lsn; }
    }

    /// <summary>One that holds at least that much; null: there is none, and if <paramref name="make"/> is true, the caller makes it.</summary>
    public Snapshot? Find(Lsn atLeast, out bool make)
    {
        lock (_gate)
        {
            var export = Living();
            make = (export is null || export.Snapshot.Lsn < atLeast) && !_isMaking;
            if (make) _isMaking = true;
            return export?.Snapshot.Lsn >= atLeast ? export.Snapshot : null;
        }
    }

    /// <summary>Where the next one is put: an empty folder.</summary>
    public string NextFolder()
    {
        lock (_gate) _export = null;
        var next = Path.Combine(folder, "export");
        Clear(files, next);
        return next;
    }

    /// <param name="snapshot">Without content.</param>
    public void Made(Snapshot snapshot, string path)
    {
        var offered = files.ListFiles(path).Select(name =>
        {
            using var file = files.Open(Path.Combine(path, name));
            return new SnapshotFile(name, file.Length);
        }).ToImmutableArray();
        var offer = new SnapshotOffer(from, new Guid(System.Security.Cryptography.RandomNumberGenerator.GetBytes(16)), offered);
        lock (_gate) (_export, _isMaking) = (new(snapshot with { Content = offer }, offer, path) { UsedAt = time.GetTimestamp() }, false);
    }

    public void NotMade()
    {
        lock (_gate) _isMaking = false;
    }

    public SnapshotPiece Read(SnapshotPieceRequest request)
    {
        Export? export;
        lock (_gate) export = Living();
        if (export is null || export.Offer.Id != request.Snapshot || request.File < 0 || request.File >= export.Offer.Files.Length || request.Offset < 0) return new();
        lock (_gate) export.UsedAt = time.GetTimestamp();
        var (name, bytes) = export.Offer.Files[request.File];
        using var file = files.Open(Path.Combine(export.Folder, name));
        var piece = new byte[Math.Clamp(bytes - request.Offset, 0, SnapshotOffer.PieceBytesMax)];
        return file.Read(request.Offset, piece) == piece.Length ? new() { Bytes = piece, Checksum = XxHash3.HashToUInt64(piece) } : new();
    }

    public static void Clear(IFileSystem files, string folder)
    {
        if (!files.DirectoryExists(folder)) return;
        foreach (var name in files.ListFiles(folder)) files.Delete(Path.Combine(folder, name));
        foreach (var name in files.ListDirectories(folder)) Clear(files, Path.Combine(folder, name));
        files.DeleteDirectory(folder);
    }

    private Export? Living()
    {
        if (_export is { } export && time.GetElapsedTime(export.UsedAt) > KeptFor)
        {
            _export = null;
            Clear(files, export.Folder);
        }

        return _export;
    }

    private sealed record Export(Snapshot Snapshot, SnapshotOffer Offer, string Folder)
    {
        public long UsedAt { get; set; }
    }
}
