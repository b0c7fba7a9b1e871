// The real disk. .NET's own calls can not be used where durability counts: on Linux FileStream.Flush(true) and
// RandomAccess.FlushToDisk swallow every fsync error (docs/storage-rules.md F1), and a folder can not be synced at all
// (F2). So the promises of IFileSystem are kept by libc (PosixFileSystem) or by the Win32 calls
// (WindowsFileSystem); what needs no promise (listing, asking) is shared here.
//
// What this does not do: retry a failed sync. The kernel has dropped the pages; a second fsync would lie.

using IngoDB.Model;

namespace IngoDB.Engine.Files;

/// <summary>The disk of this machine, through the calls of its operating system.</summary>
public abstract class LocalFileSystem : IFileSystem
{
    private protected LocalFileSystem()
    {
    }

    public static LocalFileSystem Instance { get; } = OperatingSystem.IsWindows() ? new WindowsFileSystem() : new PosixFileSystem();

    public abstract IFile Create(string path);

    public abstract IFile Open(string path, bool writable = false);

    public abstract void CreateDirectory(string path);

    public abstract void Rename(string source, string target);

    public abstract bool TryLink(string source, string target);

    public abstract void Delete(string path);

    public abstract void DeleteDirectory(string path);

    public abstract void SyncDirectory(string path);

    public abstract IDisposable? TryLock(string path);

    public bool Exists(string path) => new FileInfo(path).Exists;

    public bool DirectoryExists(string path) => Directory.Exists(path);

    public IReadOnlyList<string> ListFiles(string directory) => NamesOf(directory, static d => d.EnumerateFiles());

    public IReadOnlyList<string> ListDirectories(string directory) => NamesOf(directory, static d => d.EnumerateDirectories());

    public long AvailableBytes(string path)
    {
        try
        {
            return new DriveInfo(Path.GetFullPath(path)).AvailableFreeSpace;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StorageException("storage.io", $"The free space of '{path}' could not be read: {e.Message}", e);
        }
    }

    private static List<string> NamesOf(string directory, Func<DirectoryInfo, IEnumerable<FileSystemInfo>> entries)
    {
        var names = new List<string>();
        try
        {
            foreach (var entry in entries(new DirectoryInfo(directory))) names.Add(entry.Name);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StorageException("storage.io", $"The folder '{directory}' could not be listed: {e.Message}", e);
        }

        names.Sort(StringComparer.Ordinal);
        return names;
    }
}
