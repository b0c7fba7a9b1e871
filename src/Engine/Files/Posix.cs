// libc, as far as the database needs it, and nothing of the runtime in between: every result is looked at, EINTR
// is retried, and everything else becomes a StorageException that names call, path and errno. Numbers that
// differ between Linux and macOS stand in one place below.
//
// open(2) is variadic: on Linux its mode travels like any argument; on Apple's arm64 variadic arguments lie on
// the stack, hence the six unused registers of OpenApple.

using System.Runtime.InteropServices;
using IngoDB.Model;
using Microsoft.Win32.SafeHandles;

namespace IngoDB.Engine.Files;

/// <summary>The system calls. Thread-safe; errno is read right after the call.</summary>
internal static partial class Posix
{
    public const int NoEntry = 2;
    public const int Interrupted = 4;
    public const int Exists = 17;
    public const int ReadWrite = 2;
    public const int LockExclusiveNonBlocking = 2 | 4;
    public const int Unlock = 8;
    private const int InputOutput = 5;
    private const int FullSync = 51;

    private static readonly bool Apple = OperatingSystem.IsMacOS();

    public static int CreateFlag { get; } = Apple ? 0x200 : 0x40;

    public static int ExclusiveFlag { get; } = Apple ? 0x800 : 0x80;

    public static int DirectoryFlag { get; } = Apple ? 0x100000 : 0x10000;

    public static int WouldBlock { get; } = Apple ? 35 : 11;

    private static int CloseOnExec { get; } = Apple ? 0x1000000 : 0x80000;

    private static int Quota { get; } = Apple ? 69 : 122;

    private static int NotSupported { get; } = Apple ? 45 : 95;

    /// <summary>The open file, or the errno.</summary>
    public static (SafeFileHandle? Handle, int Error) Open(string path, int flags)
    {
        const int ownerOnly = 0b110_000_000;
        while (true)
        {
            var descriptor = Apple ? OpenApple(path, flags | CloseOnExec, 0, 0, 0, 0, 0, 0, ownerOnly) : OpenLinux(path, flags | CloseOnExec, ownerOnly);
            if (descriptor >= 0) return (new SafeFileHandle(descriptor, ownsHandle: true), 0);
            var error = Marshal.GetLastPInvokeError();
            if (error != Interrupted) return (null, error);
        }
    }

    /// <summary>fdatasync on Linux; F_FULLFSYNC on macOS, whose fsync stops at the drive's cache.</summary>
    public static void SyncData(SafeFileHandle handle, string path)
    {
        while ((Apple ? ControlFile(handle, FullSync) : SyncFileData(handle)) != 0) RetryOrThrow("fdatasync", path);
    }

    /// <summary>fsync: for folders.</summary>
    public static void Sync(SafeFileHandle handle, string path)
    {
        while ((Apple ? ControlFile(handle, FullSync) : SyncFile(handle)) != 0) RetryOrThrow("fsync", path);
    }

    /// <summary>Allocates blocks for that many bytes; false where the file system can not.</summary>
    public static bool TryReserve(SafeFileHandle handle, long length, string path)
    {
        var error = Apple ? NotSupported : AllocateFile(handle, 0, length);
        while (error == Interrupted) error = AllocateFile(handle, 0, length);
        if (error != 0 && error != NotSupported) throw Failure("fallocate", path, error);
        return error == 0;
    }

    /// <summary>Allocates the blocks where the file system can; elsewhere only the length grows.</summary>
    public static void Allocate(SafeFileHandle handle, long length, string path)
    {
        if (TryReserve(handle, length, path)) return;
        while (Truncate(handle, length) != 0) RetryOrThrow("ftruncate", path);
    }

    /// <summary>The file as memory that others share; null where that is not to be had. Only on Linux does fdatasync carry what was stored.</summary>
    public static unsafe nint? MapShared(SafeFileHandle handle, long length)
    {
        const int readAndWrite = 1 | 2, shared = 1;
        if (!OperatingSystem.IsLinux()) return null;
        var memory = MapMemory(null, (nint)length, readAndWrite, shared, handle, 0);
        return (nint)memory == -1 ? null : (nint)memory;
    }

    public static unsafe void Unmap(nint memory, long length) => _ = UnmapMemory((void*)memory, (nint)length);

    /// <summary>Takes all pages of a shared mapping out of it at once; their bytes stay with the system, and the next access brings them back.</summary>
    public static unsafe void LetGo(nint memory, long length)
    {
        const int dontNeed = 4;
        _ = AdviseMemory((void*)memory, (nint)length, dontNeed);
    }

    /// <summary>Brings pages into memory, ready to be written, with one call instead of a fault for each. A wish: where it is not known (Linux before 5.14), faults do it.</summary>
    public static unsafe void Populate(nint memory, long length)
    {
        const int populateWrite = 23;
        if (OperatingSystem.IsLinux()) _ = AdviseMemory((void*)memory, (nint)length, populateWrite);
    }

    /// <summary>The calling thread steps back when others want its processor; 0 is ordinary, 19 the last. The runtime's own thread priorities
    /// change nothing on Linux, where each thread can have a niceness of its own; elsewhere this does nothing.</summary>
    public static void BeNice(int niceness)
    {
        const int thisThread = 0;
        if (OperatingSystem.IsLinux()) _ = SetNiceness(thisThread, 0, niceness);
    }

    /// <summary>Time since the machine was started, also of that in which it slept; null where that is not to be had.</summary>
    public static unsafe TimeSpan? SinceBoot()
    {
        const int bootTime = 7;
        if (!OperatingSystem.IsLinux()) return null;
        long* time = stackalloc long[2]; // seconds, nanoseconds
        return ReadClock(bootTime, time) == 0 ? TimeSpan.FromTicks((time[0] * TimeSpan.TicksPerSecond) + (time[1] / 100)) : null;
    }

    /// <summary>Returns when the last call was interrupted and is to be repeated; throws otherwise.</summary>
    public static void RetryOrThrow(string call, string path)
    {
        var error = Marshal.GetLastPInvokeError();
        if (error != Interrupted) throw Failure(call, path, error);
    }

    public static StorageException Failure(string call, string path, int error)
    {
        var code = error switch
        {
            28 => "storage.disk_full",
            30 => "storage.read_only",
            1 or 13 => "storage.permission",
            Exists => "storage.exists",
            _ when error == Quota => "storage.disk_full",
            _ => "storage.io",
        };
        return new(code, $"{call} of '{path}' failed: {Marshal.GetPInvokeErrorMessage(error)} (errno {error}).");
    }

    /// <summary>A write that wrote nothing and gave no reason.</summary>
    public static StorageException NothingWritten(string path) => Failure("pwrite", path, InputOutput);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int OpenLinux(string path, int flags, int mode);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int OpenApple(string path, int flags, nint r2, nint r3, nint r4, nint r5, nint r6, nint r7, int mode);

    [LibraryImport("libc", EntryPoint = "fdatasync", SetLastError = true)]
    private static partial int SyncFileData(SafeFileHandle file);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int SyncFile(SafeFileHandle file);

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    private static partial int ControlFile(SafeFileHandle file, int command);

    [LibraryImport("libc", EntryPoint = "posix_fallocate")]
    private static partial int AllocateFile(SafeFileHandle file, long offset, long length);

    [LibraryImport("libc", EntryPoint = "mmap", SetLastError = true)]
    private static unsafe partial void* MapMemory(void* at, nint length, int protection, int flags, SafeFileHandle file, long offset);

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static unsafe partial int AdviseMemory(void* at, nint length, int advice);

    [LibraryImport("libc", EntryPoint = "setpriority")]
    private static partial int SetNiceness(int which, uint who, int niceness);

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    private static unsafe partial int ReadClock(int clock, long* time);

    [LibraryImport("libc", EntryPoint = "munmap")]
    private static unsafe partial int UnmapMemory(void* at, nint length);

    [LibraryImport("libc", EntryPoint = "ftruncate", SetLastError = true)]
    public static partial int Truncate(SafeFileHandle file, long length);

    [LibraryImport("libc", EntryPoint = "lseek", SetLastError = true)]
    public static partial long Seek(SafeFileHandle file, long offset, int origin);

    [LibraryImport("libc", EntryPoint = "pread", SetLastError = true)]
    public static unsafe partial nint ReadAt(SafeFileHandle file, byte* target, nint count, long offset);

    [LibraryImport("libc", EntryPoint = "pwrite", SetLastError = true)]
    public static unsafe partial nint WriteAt(SafeFileHandle file, byte* source, nint count, long offset);

    [LibraryImport("libc", EntryPoint = "flock", SetLastError = true)]
    public static partial int Lock(SafeFileHandle file, int operation);

    [LibraryImport("libc", EntryPoint = "rename", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int RenameFile(string source, string target);

    [LibraryImport("libc", EntryPoint = "link", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Link(string source, string target);

    [LibraryImport("libc", EntryPoint = "unlink", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Unlink(string path);

    [LibraryImport("libc", EntryPoint = "mkdir", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int MakeDirectory(string path, int mode);

    [LibraryImport("libc", EntryPoint = "rmdir", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int RemoveDirectory(string path);
}
