using IngoDB.Engine.Files;
using IngoDB.Model;

namespace IngoDB.TestKit.Files;

/// <summary>An open handle; stays usable after its name is gone, like a real one.</summary>
internal sealed class SimulatedFile(SimulatedFileSystem files, SimulatedInode inode, string path, bool writable) : IFile
{
    private bool _closed;

    public string Path => path;

    public long Length => Do(SimulatedOperation.Look, () => inode.Visible.Length);

    public unsafe int Read(long offset, Span<byte> target)
    {
        fixed (byte* start = target)
        {
            var (pointer, length) = ((nint)start, target.Length);
            return Do(SimulatedOperation.Read, () => inode.Read(offset, new Span<byte>((void*)pointer, length)));
        }
    }

    public void Write(long offset, ReadOnlySpan<byte> source)
    {
        var copy = source.ToArray();
        Do(SimulatedOperation.Write, () => inode.Write(offset, copy),
            () =>
            {
                if (files.Faults.LastWasShort) inode.Write(offset, copy[..HalfWay(offset, copy.Length)]);
            });
    }

    /// <summary>A process that dies in the middle of it leaves part of the bytes: memory has no all-or-nothing.</summary>
    public void Store(long offset, ReadOnlySpan<byte> source)
    {
        var copy = source.ToArray();
        try
        {
            Write(offset, source);
        }
        catch (SimulatedCrashException) when (files.IsCrashPoint)
        {
            inode.Write(offset, copy[..(copy.Length / 2)]);
            throw;
        }
    }

    /// <summary>The last sector's end in the first half: the page cache takes a sector whole or not.</summary>
    private static int HalfWay(long offset, int length)
    {
        var end = (offset + (length / 2)) / PowerCut.SectorBytes * PowerCut.SectorBytes;
        return (int)Math.Max(0, end - offset);
    }

    public void SyncData() => Do(SimulatedOperation.SyncData, inode.Sync, inode.DropDirtyPages);

    public void Preallocate(long length) => Do(SimulatedOperation.Preallocate, () => inode.Visible.Length >= length || inode.SetLength(length));

    public void SetLength(long length) => Do(SimulatedOperation.SetLength, () => inode.SetLength(length));

    public void Dispose() => _closed = true;

    private T Do<T>(SimulatedOperation operation, Func<T> act, Action? insteadOfFailing = null) => files.Do(
        operation,
        path,
        () =>
        {
            ObjectDisposedException.ThrowIf(_closed, this);
            if (!writable && SimulatedFaults.Mutates(operation)) throw new StorageException("storage.io", $"'{path}' was opened for reading.");
            return act();
        },
        insteadOfFailing);
}
