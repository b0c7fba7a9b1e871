using IngoDB.Engine.Files;

namespace IngoDB.Engine.Wal;

/// <summary>Looks at any part of one segment through a window that moves forward. One thread.</summary>
internal sealed class SegmentReader(IFile file) : IDisposable
{
    public const int WindowBytes = 1 << 20;

    private byte[] _window = new byte[(int)Math.Clamp(file.Length, 1, WindowBytes)];
    private long _start;
    private int _filled;

    public string Path => file.Path;

    public long Length { get; } = file.Length;

    /// <summary>The bytes from the offset, fewer at the end of the file; valid until the next call.</summary>
    public ReadOnlySpan<byte> Peek(long offset, int count)
    {
        count = (int)Math.Min(count, Math.Max(0, Length - offset));
        if (offset < _start || offset + count > _start + _filled)
        {
            if (count > _window.Length) _window = new byte[count];
            _start = offset;
            _filled = file.Read(offset, _window);
        }

        var at = (int)(offset - _start);
        return _window.AsSpan(at, Math.Min(count, _filled - at));
    }

    public void Dispose() => file.Dispose();
}
