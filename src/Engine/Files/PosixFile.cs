// One open file by pread and pwrite. The length is asked once and then kept: the engine is the only one who
// changes its files, and readers ask for it often.

using IngoDB.Model;
using Microsoft.Win32.SafeHandles;

namespace IngoDB.Engine.Files;

/// <summary>A file of Linux or macOS.</summary>
internal sealed unsafe class PosixFile : IFile
{
    private const int FromEnd = 2;
    private readonly SafeFileHandle _handle;
    private long _length;

    public PosixFile(SafeFileHandle handle, string path)
    {
        _handle = handle;
        Path = path;
        _length = Posix.Seek(handle, 0, FromEnd);
        if (_length >= 0) return;
        handle.Dispose();
        Posix.RetryOrThrow("lseek", path);
    }

    public string Path { get; }

    public long Length => Volatile.Read(ref _length);

    public int Read(long offset, Span<byte> target)
    {
        var done = 0;
        fixed (byte* start = target)
        {
            while (done < target.Length)
            {
                var count = Posix.ReadAt(_handle, start + done, target.Length - done, offset + done);
                if (count == 0) break;
                if (count < 0) Posix.RetryOrThrow("pread", Path);
                else done += (int)count;
            }
        }

        return done;
    }

    public void Write(long offset, ReadOnlySpan<byte> source)
    {
        var done = 0;
        fixed (byte* start = source)
        {
            while (done < source.Length)
            {
                var count = Posix.WriteAt(_handle, start + done, source.Length - done, offset + done);
                if (count == 0) throw Posix.NothingWritten(Path);
                if (count < 0) Posix.RetryOrThrow("pwrite", Path);
                else done += (int)count;
            }
        }

        if (offset + done > _length) Volatile.Write(ref _length, offset + done);
    }

    public void SyncData() => Posix.SyncData(_handle, Path);

    public void Preallocate(long length)
    {
        if (length <= _length) return;
        Posix.Allocate(_handle, length, Path);
        Volatile.Write(ref _length, length);
    }

    public void SetLength(long length)
    {
        while (Posix.Truncate(_handle, length) != 0) Posix.RetryOrThrow("ftruncate", Path);
        Volatile.Write(ref _length, length);
    }

    public void Dispose() => _handle.Dispose();
}
