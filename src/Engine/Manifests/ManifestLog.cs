// The append log of version edits behind CURRENT: it alone says which tables, indexes and log segments exist, so
// that a crash between any two file operations leaves either the state before an edit or the state after it.
//
//   open     CURRENT ──► MANIFEST-000007 ──► state ──► MANIFEST-000008 (state) ──► CURRENT ──► 000007 deleted
//   append   frame, sync, state; when the file is much larger than its state: once more as at open
//
// Every open begins a new file. So what was recovered is durable anew before anybody relies on it (docs/storage-rules.md
// R7), and a torn tail needs no repair of its own: it stays behind in the old file.
//
// A folder without CURRENT is a new database only when nothing of ours lies in it. Tables or log segments without
// a manifest are data whose index was lost: corruption, never an empty database.
//
// One thread at a time. After a failed write or sync nobody knows what the file holds: every later Append refuses.

using IngoDB.Engine.Files;
using IngoDB.Model;

namespace IngoDB.Engine.Manifests;

/// <summary>What exists, durably. One thread at a time.</summary>
internal sealed class ManifestLog : IDisposable
{
    private const long RewriteBytesMin = 64 * 1024;
    private const int GrowthMax = 8;

    private readonly IFileSystem _files;
    private readonly string _directory;
    private ManifestFile? _file;
    private ulong _number;
    private long _bytesAtStart;
    private Exception? _failure;

    private ManifestLog(IFileSystem files, string directory, ulong number, ManifestState state)
    {
        _files = files;
        _directory = directory;
        _number = number;
        State = state;
    }

    public ManifestState State { get; private set; }

    /// <summary>Opens the folder's manifest, or makes a new one when there is no CURRENT and no other file of ours.</summary>
    /// <exception cref="CorruptionException">The manifest is damaged, or missing beside data.</exception>
    /// <exception cref="UnsupportedFormatException">A newer program wrote it; nothing was changed.</exception>
    public static ManifestLog Open(IFileSystem files, string directory)
    {
        var (number, state) = Recover(files, directory);
        var log = new ManifestLog(files, directory, number, state);
        try
        {
            log.DeleteOthers();
            log.BeginFile();
            return log;
        }
        catch
        {
            log.Dispose();
            throw;
        }
    }

    /// <summary>The state as it lies in the folder, reading only; null when the folder holds no database.</summary>
    public static ManifestState? Inspect(IFileSystem files, string directory) =>
        Recover(files, directory) is { Number: > 0, State: var state } ? state : null;

    /// <summary>Durable when it returns; afterwards <see cref="State"/> includes it. Rewrites the log when it has grown much larger than its state.</summary>
    /// <exception cref="StorageException">The disk refused; whether the edit is in the manifest is unknown until the next open.</exception>
    /// <exception cref="UnavailableException"><c>engine.poisoned</c>: an earlier append failed.</exception>
    public ManifestState Append(VersionEdit edit)
    {
        if (_failure is not null) throw new UnavailableException("engine.poisoned", $"The manifest failed before: {_failure.Message}", _failure);
        var next = State.Apply(edit);
        try
        {
            _file!.Append(edit);
            State = next;
            if (_file.Bytes > Math.Max(RewriteBytesMin, GrowthMax * _bytesAtStart)) BeginFile();
            return next;
        }
        catch (Exception e)
        {
            _failure = e;
            throw;
        }
    }

    public void Dispose() => _file?.Dispose();

    private static (ulong Number, ManifestState State) Recover(IFileSystem files, string directory)
    {
        if (CurrentFile.Exists(files, directory))
        {
            var number = CurrentFile.Read(files, directory);
            var path = Path.Combine(directory, ManifestFormat.FileName(number));
            return files.Exists(path) ? (number, ManifestRecovery.Read(files, directory, number)) : throw new CorruptionException(path, 0, "CURRENT names it, and it is missing");
        }

        foreach (var name in files.ListFiles(directory))
        {
            if (Path.GetExtension(name) is ".sst" or ".idx" or ".log")
                throw new CorruptionException(Path.Combine(directory, ManifestFormat.Current), 0, $"it is missing, but there is data ('{name}')");
        }

        return (0, new ManifestState());
    }

    /// <summary>State into a new file, CURRENT to it, the old one away.</summary>
    private void BeginFile()
    {
        var created = ManifestFile.Create(_files, _directory, _number + 1, State);
        _file?.Dispose();
        _file = created;
        _bytesAtStart = created.Bytes;
        CurrentFile.Switch(_files, _directory, _number + 1);
        _number++;
        DeleteOthers();
    }

    /// <summary>Manifests that CURRENT does not name: left by a switch, or by a crash before one.</summary>
    private void DeleteOthers()
    {
        foreach (var name in _files.ListFiles(_directory))
        {
            if (ManifestFormat.TryParseFileName(name, out var number) && number != _number) _files.Delete(Path.Combine(_directory, name));
        }
    }
}
