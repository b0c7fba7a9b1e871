// One open file of Windows, unbuffered and shared, so that a table can be deleted while a reader still holds it.

namespace IngoDB.Engine.Files;

internal sealed class WindowsFile(string path, FileMode mode, FileAccess access) : IFile
{
    private readonly FileStream _stream = new(path, mode, access, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);

    public string Path { get; } = path;

    public long Length => RandomAccess.GetLength(_stream.SafeFileHandle);

    public int Read(long offset, Span<byte> target)
    {
        var done = 0;
        while (done < target.Length)
        {
            var count = RandomAccess.Read(_stream.SafeFileHandle, target[done..], offset + done);
            if (count == 0) break;
            done += count;
        }

        return done;
    }

    public void Write(long offset, ReadOnlySpan<byte> source)
    {
        var copy = source.ToArray();
        WindowsFileSystem.Guard("write", Path, () =>
        {
            RandomAccess.Write(_stream.SafeFileHandle, copy, offset);
            return true;
        });
    }

    public void SyncData() => WindowsFileSystem.Flush(_stream.SafeFileHandle, Path);

    public void Preallocate(long length)
    {
        if (length > Length) SetLength(length);
    }

    public void SetLength(long length) => WindowsFileSystem.Guard("set length", Path, () =>
    {
        RandomAccess.SetLength(_stream.SafeFileHandle, length);
        return true;
    });

    public void Dispose() => _stream.Dispose();
}
