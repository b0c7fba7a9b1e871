// A file system that counts what passes through it: the work of an engine in bytes and calls, the same in every run.

using IngoDB.Engine.Files;

namespace IngoDB.Tests.Counters;

/// <summary>Counts bytes and calls on their way to another file system. Thread-safe.</summary>
internal sealed class CountingFileSystem(IFileSystem inner) : IFileSystem
{
    private long _bytesRead, _bytesWritten, _reads, _syncs;

    public FileWork Work => new(Volatile.Read(ref _bytesRead), Volatile.Read(ref _bytesWritten), Volatile.Read(ref _reads), Volatile.Read(ref _syncs));

    public IFile Create(string path) => new CountingFile(this, inner.Create(path));

    public IFile Open(string path, bool writable = false) => new CountingFile(this, inner.Open(path, writable));

    public bool Exists(string path) => inner.Exists(path);

    public void CreateDirectory(string path) => inner.CreateDirectory(path);

    public bool DirectoryExists(string path) => inner.DirectoryExists(path);

    public IReadOnlyList<string> ListFiles(string directory) => inner.ListFiles(directory);

    public IReadOnlyList<string> ListDirectories(string directory) => inner.ListDirectories(directory);

    public void Rename(string source, string target) => inner.Rename(source, target);

    public bool TryLink(string source, string target) => inner.TryLink(source, target);

    public void Delete(string path) => inner.Delete(path);

    public void DeleteDirectory(string path) => inner.DeleteDirectory(path);

    public void SyncDirectory(string path) => inner.SyncDirectory(path);

    public IDisposable? TryLock(string path) => inner.TryLock(path);

    public long AvailableBytes(string path) => inner.AvailableBytes(path);

    private sealed class CountingFile(CountingFileSystem owner, IFile file) : IFile
    {
        public string Path => file.Path;

        public long Length => file.Length;

        public int Read(long offset, Span<byte> target)
        {
            var read = file.Read(offset, target);
            Interlocked.Add(ref owner._bytesRead, read);
            Interlocked.Increment(ref owner._reads);
            return read;
        }

        public void Write(long offset, ReadOnlySpan<byte> source)
        {
            Interlocked.Add(ref owner._bytesWritten, source.Length);
            file.Write(offset, source);
        }

        public void SyncData()
        {
            Interlocked.Increment(ref owner._syncs);
            file.SyncData();
        }

        public void Preallocate(long length) => file.Preallocate(length);

        public void SetLength(long length) => file.SetLength(length);

        public void Dispose() => file.Dispose();
    }
}

/// <summary>What was asked of the files so far.</summary>
internal readonly record struct FileWork(long BytesRead, long BytesWritten, long Reads, long Syncs)
{
    public static FileWork operator -(FileWork left, FileWork right) => new(left.BytesRead - right.BytesRead, left.BytesWritten - right.BytesWritten, left.Reads - right.Reads, left.Syncs - right.Syncs);
}
