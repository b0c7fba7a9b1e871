// A rehearsal of writing needs files that are written and are not there. What is asked of them beyond that is a fault of ours and says so.

using IngoDB.Model;

namespace IngoDB.Engine.Files;

/// <summary>Takes what is written and keeps nothing, for a rehearsal of writing. Nothing can be read from it. Thread-safe.</summary>
internal sealed class NowhereFiles : IFileSystem
{
    public static readonly NowhereFiles Instance = new();

    public IFile Create(string path) => new Nowhere(path);

    public bool Exists(string path) => false;

    public void SyncDirectory(string path)
    {
    }

    public IFile Open(string path, bool writable = false) => throw Unreadable();

    public void CreateDirectory(string path) => throw Unreadable();

    public bool DirectoryExists(string path) => throw Unreadable();

    public IReadOnlyList<string> ListFiles(string directory) => throw Unreadable();

    public IReadOnlyList<string> ListDirectories(string directory) => throw Unreadable();

    public void Rename(string source, string target) => throw Unreadable();

    public bool TryLink(string source, string target) => throw Unreadable();

    public void Delete(string path) => throw Unreadable();

    public void DeleteDirectory(string path) => throw Unreadable();

    public IDisposable? TryLock(string path) => throw Unreadable();

    public long AvailableBytes(string path) => throw Unreadable();

    private static InvariantViolationException Unreadable() => new("Only new files are written to nowhere.");

    private sealed class Nowhere(string path) : IFile
    {
        public string Path => path;

        public long Length { get; private set; }

        public int Read(long offset, Span<byte> target) => throw Unreadable();

        public void Write(long offset, ReadOnlySpan<byte> source) => Length = Math.Max(Length, offset + source.Length);

        public void SyncData()
        {
        }

        public void Preallocate(long length)
        {
        }

        public void SetLength(long length) => Length = length;

        public void Dispose()
        {
        }
    }
}
