// The one door to the disk. Everything the engine reads or writes goes through these two interfaces, so that a
// simulated file system can lose, tear and reorder what was not synced, fail the n-th call, and be cloned at
// any instant (tests/TestKit/SimulatedFileSystem.cs). Only LocalFileSystem touches System.IO and libc.
//
// Durability contract (docs/storage-rules.md R1-R6): bytes of a file are durable after SyncData returned; a name
// (create, rename, link, delete) is durable after SyncDirectory of its folder returned. Nothing else is promised.

namespace IngoDB.Engine.Files;

/// <summary>Files and folders. Paths are absolute or relative to the process; folders end without a separator. Thread-safe.</summary>
public interface IFileSystem
{
    /// <summary>Creates a new file for reading and writing (O_EXCL).</summary>
    /// <exception cref="Model.StorageException">It exists, or the disk refused.</exception>
    IFile Create(string path);

    /// <summary>Opens an existing file; writing only when asked.</summary>
    /// <exception cref="System.IO.FileNotFoundException">No such file.</exception>
    IFile Open(string path, bool writable = false);

    bool Exists(string path);

    /// <summary>Creates the folder and its parents, each synced into its parent.</summary>
    void CreateDirectory(string path);

    bool DirectoryExists(string path);

    /// <summary>Names (not paths) of the files in a folder, in ordinal order.</summary>
    IReadOnlyList<string> ListFiles(string directory);

    /// <summary>Names of the folders in a folder, in ordinal order.</summary>
    IReadOnlyList<string> ListDirectories(string directory);

    /// <summary>rename(2): replaces the target atomically. A folder goes with all that is in it, to where nothing is.</summary>
    void Rename(string source, string target);

    /// <summary>link(2): the atomic create-if-absent. False when the target exists.</summary>
    bool TryLink(string source, string target);

    void Delete(string path);

    /// <summary>Removes an empty folder.</summary>
    void DeleteDirectory(string path);

    /// <summary>fsync of the folder: names in it are durable from here on.</summary>
    void SyncDirectory(string path);

    /// <summary>Takes an exclusive lock that the kernel frees when the process dies (flock). Null when another holds it.</summary>
    IDisposable? TryLock(string path);

    /// <summary>Bytes that may still be written on the disk of this path.</summary>
    long AvailableBytes(string path);
}

/// <summary>An open file. Reads may run beside reads and writes; writes are by one thread at a time.</summary>
public interface IFile : IDisposable
{
    string Path { get; }

    long Length { get; }

    /// <summary>pread until the span is full or the file ends; returns how much was read.</summary>
    int Read(long offset, Span<byte> target);

    /// <summary>pwrite of everything.</summary>
    /// <exception cref="Model.StorageException">E.g. <c>storage.disk_full</c>; the file may hold part of it.</exception>
    void Write(long offset, ReadOnlySpan<byte> source);

    /// <summary>The same for a few bytes that nobody syncs soon: a store into the mapped file where <see cref="Map"/> could, else a write.
    /// They are with the operating system when it returns; if the process dies on the way, any part of them may be.</summary>
    void Store(long offset, ReadOnlySpan<byte> source) => Write(offset, source);

    /// <summary>Lets <see cref="Store"/> reach that many bytes, of which the file must have those that are stored. Where it can not, nothing changes.</summary>
    void Map(long length)
    {
    }

    /// <summary>fdatasync.</summary>
    /// <exception cref="Model.StorageException">Any non-zero result; the file must not be trusted or retried afterwards.</exception>
    void SyncData();

    /// <summary>Makes the file at least that long, blocks allocated (reads give zeros).</summary>
    void Preallocate(long length);

    /// <summary>ftruncate.</summary>
    void SetLength(long length);
}
