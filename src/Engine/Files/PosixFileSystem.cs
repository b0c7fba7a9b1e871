// IFileSystem by libc. Files are 0600 and folders 0700: what is stored is nobody else's business.

using IngoDB.Model;
using Microsoft.Win32.SafeHandles;

namespace IngoDB.Engine.Files;

/// <summary>Linux and macOS.</summary>
internal sealed class PosixFileSystem : LocalFileSystem
{
    public override IFile Create(string path)
    {
        var (handle, error) = Posix.Open(path, Posix.ReadWrite | Posix.CreateFlag | Posix.ExclusiveFlag);
        return handle is null ? throw Posix.Failure("create", path, error) : new PosixFile(handle, path);
    }

    public override IFile Open(string path, bool writable = false)
    {
        var (handle, error) = Posix.Open(path, writable ? Posix.ReadWrite : 0);
        if (handle is not null) return new PosixFile(handle, path);
        throw error == Posix.NoEntry ? new FileNotFoundException($"There is no file '{path}'.", path) : Posix.Failure("open", path, error);
    }

    public override void CreateDirectory(string path)
    {
        const int ownerOnly = 0b111_000_000;
        path = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        if (DirectoryExists(path)) return;

        var parent = Path.GetDirectoryName(path)!;
        CreateDirectory(parent);
        Check("mkdir", path, () => Posix.MakeDirectory(path, ownerOnly), Posix.Exists);
        SyncDirectory(parent);
    }

    public override void Rename(string source, string target) => Check("rename", $"{source}' to '{target}", () => Posix.RenameFile(source, target));

    public override bool TryLink(string source, string target) => Check("link", $"{source}' to '{target}", () => Posix.Link(source, target), Posix.Exists);

    public override void Delete(string path) => Check("unlink", path, () => Posix.Unlink(path));

    public override void DeleteDirectory(string path) => Check("rmdir", path, () => Posix.RemoveDirectory(path));

    public override void SyncDirectory(string path)
    {
        var (handle, error) = Posix.Open(path, Posix.DirectoryFlag);
        if (handle is null) throw Posix.Failure("open of the folder", path, error);
        using (handle) Posix.Sync(handle, path);
    }

    public override IDisposable? TryLock(string path)
    {
        var (handle, error) = Posix.Open(path, Posix.ReadWrite | Posix.CreateFlag);
        if (handle is null) throw Posix.Failure("open of the lock", path, error);
        if (TryLock(handle, path)) return new PosixLock(handle);
        handle.Dispose();
        return null;
    }

    private static bool TryLock(SafeFileHandle handle, string path)
    {
        try
        {
            return Check("flock", path, () => Posix.Lock(handle, Posix.LockExclusiveNonBlocking), Posix.WouldBlock);
        }
        catch (StorageException)
        {
            handle.Dispose();
            throw;
        }
    }

    /// <summary>True: done. False: it failed with the one errno the caller expects.</summary>
    private static bool Check(string call, string path, Func<int> act, int expected = 0)
    {
        while (act() != 0)
        {
            if (expected != 0 && System.Runtime.InteropServices.Marshal.GetLastPInvokeError() == expected) return false;
            Posix.RetryOrThrow(call, path);
        }

        return true;
    }
}
