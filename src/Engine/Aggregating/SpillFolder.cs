// Where an aggregate puts what does not fit into memory: files of sorted records beside the data, each deleted by its reader. They
// are never synced and never outlive their query; what a crash leaves is removed when the folder is opened again, by extension.

using System.Globalization;
using IngoDB.Engine.Files;

namespace IngoDB.Engine.Aggregating;

/// <summary>Names and opens spill files of one folder. Thread-safe.</summary>
public sealed class SpillFolder
{
    private readonly IFileSystem _files;
    private readonly string _directory;
    private long _number;

    /// <param name="memoryMax">Bytes that one aggregate or sort keeps in memory before it spills.</param>
    public SpillFolder(IFileSystem files, string directory, long memoryMax)
    {
        (_files, _directory, MemoryMax) = (files, directory, memoryMax);
        if (!files.DirectoryExists(directory)) return;
        foreach (var name in files.ListFiles(directory))
            if (name.EndsWith(GroupFormat.SpillExtension, StringComparison.Ordinal)) files.Delete(System.IO.Path.Combine(directory, name));
    }

    public long MemoryMax { get; }

    /// <summary>Files written so far.</summary>
    public long Written => Interlocked.Read(ref _number);

    internal IFile Create()
    {
        _files.CreateDirectory(_directory);
        var name = "aggregate-" + Interlocked.Increment(ref _number).ToString(CultureInfo.InvariantCulture) + GroupFormat.SpillExtension;
        return _files.Create(System.IO.Path.Combine(_directory, name));
    }

    internal void Delete(IFile file)
    {
        file.Dispose();
        _files.Delete(file.Path);
    }
}
