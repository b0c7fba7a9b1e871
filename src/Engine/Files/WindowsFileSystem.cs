// IFileSystem by Win32, for development on Windows; production is Linux. FlushFileBuffers and CreateHardLink
// are called directly so that their results are seen. A folder can not be flushed here: NTFS keeps names in its
// own journal, so SyncDirectory has nothing to do, and a power cut may take back the newest names.

using System.Runtime.InteropServices;
using IngoDB.Model;
using Microsoft.Win32.SafeHandles;

namespace IngoDB.Engine.Files;

/// <summary>Windows.</summary>
internal sealed partial class WindowsFileSystem : LocalFileSystem
{
    private const int AlreadyExists = 183;

    public override IFile Create(string path) => Guard("create", path, () => new WindowsFile(path, FileMode.CreateNew, FileAccess.ReadWrite));

    public override IFile Open(string path, bool writable = false) =>
        Guard("open", path, () => new WindowsFile(path, FileMode.Open, writable ? FileAccess.ReadWrite : FileAccess.Read));

    public override void CreateDirectory(string path) => Guard("mkdir", path, () => Directory.CreateDirectory(path));

    public override void Rename(string source, string target) =>
        Guard("rename", source, () =>
        {
            if (new DirectoryInfo(source) is { Exists: true } folder) folder.MoveTo(target);
            else new FileInfo(source).MoveTo(target, overwrite: true);
            return true;
        });

    public override bool TryLink(string source, string target)
    {
        if (CreateHardLink(target, source, 0)) return true;
        var error = Marshal.GetLastPInvokeError();
        return error == AlreadyExists ? false : throw Failure("link", target, error);
    }

    public override void Delete(string path) =>
        Guard("delete", path, () =>
        {
            new FileInfo(path).Delete();
            return true;
        });

    public override void DeleteDirectory(string path) =>
        Guard("rmdir", path, () =>
        {
            new DirectoryInfo(path).Delete();
            return true;
        });

    public override void SyncDirectory(string path)
    {
    }

    public override IDisposable? TryLock(string path)
    {
        const int sharingViolation = 32;
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
        }
        catch (IOException e) when ((e.HResult & 0xFFFF) == sharingViolation)
        {
            return null;
        }
    }

    internal static void Flush(SafeFileHandle handle, string path)
    {
        if (!FlushFileBuffers(handle)) throw Failure("flush", path, Marshal.GetLastPInvokeError());
    }

    /// <summary>Runs it; what goes wrong becomes a StorageException with the stable code.</summary>
    internal static T Guard<T>(string call, string path, Func<T> act)
    {
        try
        {
            return act();
        }
        catch (IOException e) when (e is not FileNotFoundException)
        {
            throw Failure(call, path, e.HResult & 0xFFFF, e);
        }
        catch (UnauthorizedAccessException e)
        {
            throw Failure(call, path, 5, e);
        }
    }

    private static StorageException Failure(string call, string path, int error, Exception? cause = null)
    {
        var code = error switch
        {
            39 or 112 => "storage.disk_full",
            19 => "storage.read_only",
            5 => "storage.permission",
            80 or AlreadyExists => "storage.exists",
            _ => "storage.io",
        };
        return new(code, $"{call} of '{path}' failed: {Marshal.GetPInvokeErrorMessage(error)} (error {error}).", cause);
    }

    [LibraryImport("kernel32", SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool FlushFileBuffers(SafeFileHandle handle);

    [LibraryImport("kernel32", EntryPoint = "CreateHardLinkW", SetLastError = true, StringMarshalling = StringMarshalling.Utf16)]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool CreateHardLink(string target, string source, nint security);
}
