// One open file by pread and pwrite. The length is asked once and then kept: the engine is the only one who
// changes its files, and readers ask for it often.
//
// Small pieces may be stored into the mapped file instead: the kernel has them as it has those of a pwrite, and the next
// fdatasync carries both. Only bytes within the file's length are stored, whose blocks Preallocate has reserved, so that a
// full disk is an error of a call and not a signal. A disk that fails while it reads a page back does end the process.
//
// The first store to a page is a page fault, which in a virtual machine costs more than twenty stores. So the pages of the next
// stores are asked for together, ahead: one call for 64 of them.

using IngoDB.Model;
using Microsoft.Win32.SafeHandles;

namespace IngoDB.Engine.Files;

/// <summary>A file of Linux or macOS.</summary>
internal sealed unsafe class PosixFile : IFile
{
    private const int FromEnd = 2;
    private const long PageBytes = 4096;
    private const long PopulatedBytes = 64 * PageBytes;
    private readonly SafeFileHandle _handle;
    private long _length;
    private nint _memory;
    private long _mappedBytes;
    private long _populated;
    private bool _wasStored;

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

    public void Store(long offset, ReadOnlySpan<byte> source)
    {
        if (offset + source.Length > Math.Min(_mappedBytes, _length)) Write(offset, source);
        else
        {
            // A sync took all pages out of the mapping, or the last stretch is used up.
            if (!Volatile.Read(ref _wasStored) || offset + source.Length > _populated) Populate(offset, source.Length);
            source.CopyTo(new Span<byte>((byte*)_memory + offset, source.Length));
        }
    }

    private void Populate(long offset, int length)
    {
        Volatile.Write(ref _wasStored, true);
        var from = offset & -PageBytes;
        _populated = Math.Min(from + Math.Max(PopulatedBytes, length + PageBytes), Math.Min(_mappedBytes, _length));
        Posix.Populate(_memory + (nint)from, _populated - from);
    }

    public void Map(long length)
    {
        if (_memory != 0 || !Posix.TryReserve(_handle, _length, Path) || Posix.MapShared(_handle, length) is not { } memory) return;
        (_memory, _mappedBytes) = (memory, length);
    }

    public void SyncData()
    {
        // Otherwise the kernel takes every page that was stored to out of the mapping alone, and tells all processors each time.
        if (_memory != 0 && Interlocked.Exchange(ref _wasStored, false)) Posix.LetGo(_memory, _mappedBytes);
        Posix.SyncData(_handle, Path);
    }

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

    public void Dispose()
    {
        if (_memory != 0) Posix.Unmap(_memory, _mappedBytes);
        (_memory, _mappedBytes) = (0, 0);
        _handle.Dispose();
    }
}
