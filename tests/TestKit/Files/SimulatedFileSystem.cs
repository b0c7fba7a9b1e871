// A disk in memory that may lose what was not synced: the crash as a test primitive. It keeps two truths about every
// file and folder, what a process sees and what the platter holds, and lets a test cut the power at any operation,
// kill the process, or make the n-th call fail. Everything follows from a seed; nothing takes time.
//
// What a power cut may do here, and the engine must survive (docs/storage-rules.md R1-R8):
//   - any write since the last SyncData of its file is kept, lost, or torn between 512-byte sectors, each on its own
//     (so later writes may survive earlier ones)
//   - a grown or cut length is kept or lost
//   - any create, rename, link and delete since the last SyncDirectory of its folder is kept or lost, each on its
//     own; a rename happens whole or not at all
//   - locks are gone
// What a kill -9 does: nothing seen is lost, but nothing more is durable either; a power cut may follow. A store that it
// interrupts is there in part.
// What a failing call does: EIO, ENOSPC, a write that stops at a sector half way, once or from then on. A failed SyncData drops
// the dirty pages as Linux does: the process goes on seeing its bytes, the next SyncData succeeds, and the bytes
// are never on the platter. The engine must stop acknowledging; it may refuse to open again while calls fail.
// What does not happen here: synced bytes change (tests flip them on purpose with Corrupt; the engine must notice),
// a sector is half old and half new, two folders share one rename, making or removing a folder is undone.

using IngoDB.Engine.Files;
using IngoDB.Model;

namespace IngoDB.TestKit.Files;

/// <summary>An in-memory file system that can crash. Thread-safe; deterministic when used by one thread at a time.</summary>
public sealed class SimulatedFileSystem : IFileSystem
{
    private readonly Lock _lock = new();
    private readonly SortedDictionary<string, SimulatedFolder> _folders;
    private readonly HashSet<SimulatedInode> _locked = [];

    public SimulatedFileSystem()
        : this(new SortedDictionary<string, SimulatedFolder>(StringComparer.Ordinal) { ["/"] = new() })
    {
    }

    private SimulatedFileSystem(SortedDictionary<string, SimulatedFolder> folders) => _folders = folders;

    /// <summary>Which calls fail, and when the power goes.</summary>
    public SimulatedFaults Faults { get; } = new();

    /// <summary>Operations so far that change the disk: the points where a crash can happen.</summary>
    public long MutatingOperations => Faults.MutatingOperations;

    /// <summary>The power is gone.</summary>
    public bool HasCrashed => Faults.MutatingOperations >= Faults.CrashAt;

    /// <summary>The operation at which the power goes is this one.</summary>
    internal bool IsCrashPoint => Faults.MutatingOperations == Faults.CrashAt;

    /// <summary>The disk as it may be found after the power was cut now.</summary>
    public SimulatedFileSystem CrashClone(Random random)
    {
        lock (_lock) return Clone(new PowerCut(random));
    }

    /// <summary>The disk as the next process finds it after a kill -9 now.</summary>
    public SimulatedFileSystem ProcessCrashClone()
    {
        lock (_lock) return Clone(powerCut: null);
    }

    /// <summary>From the n-th mutating operation on (counted from 1) every call throws <see cref="SimulatedCrashException"/>.</summary>
    public void CrashAfter(long operations)
    {
        lock (_lock) Faults.CrashAt = operations;
    }

    /// <summary>Bytes go bad where they lie.</summary>
    public void Corrupt(string path, long offset, byte xor)
    {
        lock (_lock) Find(path).Corrupt(offset, xor);
    }

    /// <summary>The whole file as a process sees it.</summary>
    public byte[] ReadAll(string path)
    {
        lock (_lock) return Find(path).Visible.ToArray();
    }

    public IFile Create(string path) => Do(SimulatedOperation.Create, path, () =>
    {
        var folder = FolderOf(path);
        if (folder.Find(Name(path)) is not null) throw new StorageException("storage.exists", $"create of '{path}' failed: it exists.");
        var inode = new SimulatedInode();
        folder.Add(Name(path), inode);
        return new SimulatedFile(this, inode, path, writable: true);
    });

    public IFile Open(string path, bool writable = false) => Do(SimulatedOperation.Open, path, () => new SimulatedFile(this, Find(path), path, writable));

    public bool Exists(string path) => Do(SimulatedOperation.Look, path, () => _folders.TryGetValue(Parent(path), out var folder) && folder.Find(Name(path)) is not null);

    public void CreateDirectory(string path) => Do(SimulatedOperation.CreateDirectory, path, () =>
    {
        for (var each = Trim(path); each != "/" && each.Length > 0; each = Parent(each)) _folders.TryAdd(each, new SimulatedFolder());
        return true;
    });

    public bool DirectoryExists(string path) => Do(SimulatedOperation.Look, path, () => _folders.ContainsKey(Trim(path)));

    public IReadOnlyList<string> ListFiles(string directory) => Do(SimulatedOperation.Look, directory, () => Folder(directory).Names());

    public IReadOnlyList<string> ListDirectories(string directory) => Do(SimulatedOperation.Look, directory, () =>
        _folders.Keys.Where(f => f != "/" && Parent(f) == Trim(directory)).Select(Name).ToArray());

    public void Rename(string source, string target) => Do(SimulatedOperation.Rename, source, () =>
    {
        if (Parent(source) != Parent(target)) throw new NotSupportedException("A rename between two folders is not simulated.");
        FolderOf(source).Rename(Name(source), Name(target), Find(source));
        return true;
    });

    public bool TryLink(string source, string target) => Do(SimulatedOperation.Link, target, () =>
    {
        if (FolderOf(target).Find(Name(target)) is not null) return false;
        FolderOf(target).Add(Name(target), Find(source));
        return true;
    });

    public void Delete(string path) => Do(SimulatedOperation.Delete, path, () =>
    {
        if (FolderOf(path).Find(Name(path)) is null) throw new StorageException("storage.io", $"unlink of '{path}' failed: no such file.");
        FolderOf(path).Remove(Name(path));
        return true;
    });

    public void DeleteDirectory(string path) => Do(SimulatedOperation.DeleteDirectory, path, () =>
    {
        if (Folder(path).Names().Count > 0 || _folders.Keys.Any(f => f != "/" && Parent(f) == Trim(path)))
            throw new StorageException("storage.io", $"rmdir of '{path}' failed: it is not empty.");
        return _folders.Remove(Trim(path));
    });

    public void SyncDirectory(string path) => Do(SimulatedOperation.SyncDirectory, path, () =>
    {
        Folder(path).Sync();
        return true;
    });

    public IDisposable? TryLock(string path) => Do(SimulatedOperation.Lock, path, () =>
    {
        var folder = FolderOf(path);
        if (folder.Find(Name(path)) is null) folder.Add(Name(path), new SimulatedInode());
        var inode = Find(path);
        return _locked.Add(inode) ? new Unlock(this, inode) : null;
    });

    public long AvailableBytes(string path) => Do(SimulatedOperation.Look, path, () => 1L << 40);

    /// <summary>One operation: counted, perhaps failed, done under the lock.</summary>
    internal T Do<T>(SimulatedOperation operation, string path, Func<T> act, Action? insteadOfFailing = null)
    {
        lock (_lock)
        {
            try
            {
                Faults.Before(operation, path);
            }
            catch (StorageException)
            {
                insteadOfFailing?.Invoke();
                throw;
            }

            return act();
        }
    }

    private SimulatedFileSystem Clone(PowerCut? powerCut)
    {
        var inodes = new Dictionary<SimulatedInode, SimulatedInode>();
        var folders = new SortedDictionary<string, SimulatedFolder>(StringComparer.Ordinal);
        foreach (var (path, folder) in _folders) folders[path] = folder.Clone(powerCut, inodes);
        return new SimulatedFileSystem(folders);
    }

    private SimulatedInode Find(string path) => FolderOf(path).Find(Name(path)) ?? throw new FileNotFoundException($"There is no file '{path}'.", path);

    private SimulatedFolder FolderOf(string path) => Folder(Parent(path));

    private SimulatedFolder Folder(string path) => _folders.TryGetValue(Trim(path), out var folder) ? folder : throw new StorageException("storage.io", $"There is no folder '{path}'.");

    private static string Trim(string path) => path.Length > 1 ? path.TrimEnd('/') : path;

    private static string Parent(string path) => Path.GetDirectoryName(Trim(path)) is { Length: > 0 } parent ? parent : "/";

    private static string Name(string path) => Path.GetFileName(Trim(path));

    private sealed class Unlock(SimulatedFileSystem files, SimulatedInode inode) : IDisposable
    {
        public void Dispose()
        {
            lock (files._lock) files._locked.Remove(inode);
        }
    }
}
