// Fetching a snapshot: files into a folder beside the content that counts, piece by piece, no faster than a node can spare; then what stood in the
// log up to it. When all of that is durable, one line in REPLICA makes it count (ReplicaHost). What is lost on the way is asked for
// again for a while; when the copy that offers it is gone, the import is given up, and the next primary offers another.

using System.IO.Hashing;
using IngoDB.Engine.Files;
using IngoDB.Model;
using IngoDB.Replication.Messages;

namespace IngoDB.Grains.Replicas;

/// <summary>One import.</summary>
/// <param name="fetch">Asks for a piece; null: no answer came.</param>
internal sealed class SnapshotImport(IFileSystem files, TimeProvider time, Func<SnapshotOffer, int, long, Task<SnapshotPiece?>> fetch)
{
    private const long BytesPerSecond = 100L << 20;
    private const int AttemptsMax = 20;
    private static readonly TimeSpan AttemptPause = TimeSpan.FromMilliseconds(250);

    /// <param name="snapshot">As it was offered.</param>
    /// <param name="content">The folder of the new content; cleared.</param>
    /// <exception cref="UnavailableException"><c>snapshot.gone</c>.</exception>
    public async Task RunAsync(Snapshot snapshot, string content, CancellationToken cancellationToken)
    {
        var offer = (SnapshotOffer)snapshot.Content;
        SnapshotExports.Clear(files, content);
        var (engine, log) = (Path.Combine(content, "engine"), Path.Combine(content, "log"));
        files.CreateDirectory(engine);
        files.CreateDirectory(log);
        var began = time.GetTimestamp();
        var fetched = 0L;
        for (var i = 0; i < offer.Files.Length; i++)
        {
            using var file = files.Create(Path.Combine(engine, NameOf(offer.Files[i])));
            for (var offset = 0L; offset < offer.Files[i].Bytes;)
            {
                var piece = await PieceAsync(offer, i, offset, cancellationToken).ConfigureAwait(false);
                file.Write(offset, piece);
                offset += piece.Length;
                fetched += piece.Length;
                var ahead = TimeSpan.FromSeconds((double)fetched / BytesPerSecond) - time.GetElapsedTime(began);
                if (ahead > TimeSpan.Zero) await Task.Delay(ahead, time, cancellationToken).ConfigureAwait(false);
            }

            file.SyncData();
        }

        files.SyncDirectory(engine);
        CheckedFile.Replace(files, Path.Combine(log, LogBaseFile.Name), LogBaseFile.Of(snapshot.Lsn, snapshot.LastVersion.Raw, snapshot.Ceiling.Raw, snapshot.History), ReplicaJson.Default.LogBaseFile);
    }

    private async Task<byte[]> PieceAsync(SnapshotOffer offer, int file, long offset, CancellationToken cancellationToken)
    {
        for (var attempt = 0; attempt < AttemptsMax; attempt++)
        {
            var piece = await fetch(offer, file, offset).ConfigureAwait(false);
            if (piece is { Bytes: null }) break;
            if (piece is { Bytes: { Length: > 0 } bytes } && piece.Checksum == XxHash3.HashToUInt64(bytes)) return bytes;
            await Task.Delay(AttemptPause, time, cancellationToken).ConfigureAwait(false);
        }

        throw new UnavailableException("snapshot.gone", $"The snapshot that copy {offer.From} offered can not be fetched any more.");
    }

    /// <summary>The name comes from another node, and becomes that of a file here.</summary>
    private static string NameOf(SnapshotFile file)
        => file.Name.Length is > 0 and < 100 && file.Name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_') && file.Name[0] != '.' ? file.Name : throw new CorruptionException("snapshot", 0, $"a file called '{file.Name}'");
}
