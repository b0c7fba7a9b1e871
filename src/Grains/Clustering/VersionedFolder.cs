// Compare-and-swap on a folder, for several processes of one machine, with no lock that a stopped process could
// hold. The record's versions are files v1, v2, ...; the greatest is the record. To replace v<N>:
//
//   1 write a temporary file, sync it                       nothing happened yet
//   2 link(2) it to v<N+1>                                  fails when the name exists: somebody was faster
//   3 look back: is v<N> still the file that I built on?    if not, I slept, and v<N+1> was pruned: take it back
//   4 sync the folder                                       only now it is done
//   5 delete what is more than VersionsKept behind, oldest first
//
// Step 3 is what makes pruning safe. Names are deleted strictly oldest first, so as long as the original v<N> is
// there, v<N+1> was never deleted, and link proved that it never existed. The random id inside every file tells the
// original from one that another late sleeper has put there for a moment.
//
// A reader syncs the folder before it relies on a version that it has not seen, so that nobody acts on something
// that a power failure could still take back.
//
// What this does not do: network file systems, whose link(2) and caches promise less.

using System.Globalization;
using System.Security.Cryptography;
using IngoDB.Abstractions.Clustering;
using IngoDB.Engine.Files;
using IngoDB.Model;

namespace IngoDB.Grains.Clustering;

/// <summary>One version of a record, as read.</summary>
internal sealed record VersionedRecord(long Version, ReadOnlyMemory<byte> Id, ReadOnlyMemory<byte> Content);

/// <summary>A record in a folder, replaced by compare-and-swap. Thread-safe; any number of processes.</summary>
internal sealed class VersionedFolder(IFileSystem files, string directory)
{
    public const int VersionsKept = 8;
    private const int ReadAttemptsMax = 100;
    private const string TemporaryPrefix = "tmp-";

    private static long _temporaryFiles;

    private long _newestSynced;

    public string Path => directory;

    /// <summary>The newest version, null when there is none.</summary>
    public VersionedRecord? Read()
    {
        for (var attempt = 0; attempt < ReadAttemptsMax; attempt++)
        {
            if (!files.DirectoryExists(directory)) return null;
            var newest = NewestVersion();
            if (newest == 0) return null;
            if (TryRead(newest) is not { } record) continue;
            RelyOn(newest);
            return record;
        }

        throw new UnavailableException("cluster.record_unreadable", $"{directory} changes faster than it can be read.");
    }

    /// <summary>Replaces <paramref name="expected"/> (null: there is none yet). Null when somebody else was faster.</summary>
    /// <exception cref="StorageException">The disk refused; the outcome is unknown: read again.</exception>
    public VersionedRecord? TryReplace(VersionedRecord? expected, ReadOnlySpan<byte> content)
    {
        if (!files.DirectoryExists(directory)) files.CreateDirectory(directory);
        var version = (expected?.Version ?? 0) + 1;
        if (expected is null && NewestVersion() != 0) return null;

        var id = RandomNumberGenerator.GetBytes(VersionedFile.IdBytes);
        var target = PathOf(version);
        if (!WriteAndLink(VersionedFile.Encode(id, content), target)) return null;
        if (!IsStill(expected))
        {
            DeleteIfThere(target);
            return null;
        }

        RelyOn(version);
        Prune(version);
        return new(version, id, content.ToArray());
    }

    private bool WriteAndLink(byte[] bytes, string target)
    {
        var temporary = System.IO.Path.Combine(directory, string.Create(CultureInfo.InvariantCulture, $"{TemporaryPrefix}{Environment.ProcessId}-{Interlocked.Increment(ref _temporaryFiles)}"));
        DeleteIfThere(temporary);
        try
        {
            using (var file = files.Create(temporary))
            {
                file.Write(0, bytes);
                file.SyncData();
            }

            return files.TryLink(temporary, target);
        }
        finally
        {
            DeleteIfThere(temporary);
        }
    }

    /// <summary>True when the version that we built on has not been pruned (and maybe put there again) meanwhile.</summary>
    private bool IsStill(VersionedRecord? expected)
        => expected is null ? NewestVersion() <= VersionsKept : TryRead(expected.Version)?.Id.Span.SequenceEqual(expected.Id.Span) == true;

    private void RelyOn(long version)
    {
        if (Volatile.Read(ref _newestSynced) >= version) return;
        files.SyncDirectory(directory);
        Volatile.Write(ref _newestSynced, version);
    }

    private void Prune(long newest)
    {
        var old = files.ListFiles(directory).Select(name => VersionedFile.VersionOf(name)).Where(v => v > 0 && v <= newest - VersionsKept).Order();
        foreach (var version in old) DeleteIfThere(PathOf(version));
    }

    private long NewestVersion()
    {
        var newest = 0L;
        foreach (var name in files.ListFiles(directory)) newest = Math.Max(newest, VersionedFile.VersionOf(name));
        return newest;
    }

    private VersionedRecord? TryRead(long version)
    {
        var path = PathOf(version);
        try
        {
            using var file = files.Open(path);
            var bytes = new byte[file.Length];
            var read = file.Read(0, bytes);
            var (id, content) = VersionedFile.Decode(path, bytes.AsMemory(0, read));
            return new(version, id, content);
        }
        catch (FileNotFoundException)
        {
            return null;
        }
    }

    private void DeleteIfThere(string path)
    {
        if (!files.Exists(path)) return;
        try
        {
            files.Delete(path);
        }
        catch (Exception e) when (e is IOException or StorageException && !files.Exists(path))
        {
            // Another process pruned the same name between the two calls: it is gone, as wanted.
        }
    }

    private string PathOf(long version) => System.IO.Path.Combine(directory, VersionedFile.NameOf(version));
}
