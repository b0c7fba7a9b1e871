// A table is written front to back, one megabyte at a time: frames gather in a buffer and leave it in large writes.
// Nothing is durable, and nobody knows of the file, until Commit has synced the file and then its folder.

using System.Buffers;
using IngoDB.Engine.Files;
using IngoDB.Model;

namespace IngoDB.Engine.Sstables;

/// <summary>Appends frames to a new file; deletes it again unless committed.</summary>
internal sealed class TableFileWriter : IDisposable
{
    private const int FirstBytes = 64 << 10, WriteBytes = 1 << 20;

    private readonly IFileSystem _files;
    private readonly string _directory;
    private readonly string _path;
    private readonly TableId _table;
    private readonly IFile _file;
    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(FirstBytes);
    private int _buffered;
    private long _written;
    private bool _committed;

    public TableFileWriter(IFileSystem files, string directory, string name, TableId table)
    {
        (_files, _directory, _table) = (files, directory, table);
        _path = Path.Combine(directory, name);
        _file = files.Create(_path);
    }

    public long Bytes => _written + _buffered;

    /// <param name="growth">See <see cref="Frame.Seal"/>.</param>
    public FrameHandle Append(FrameKind kind, ReadOnlySpan<byte> payload, bool compress, int growth = 0)
    {
        var offset = Bytes;
        var target = Room(Frame.BytesMax(payload.Length));
        var bytes = Frame.Seal(_table, offset, kind, payload, compress, target, growth);
        Advance(bytes);
        return new(offset, bytes);
    }

    public void AppendFooter(TableFooter footer)
    {
        footer.Write(_table, Bytes, Room(SstableFormat.FooterBytes)[..SstableFormat.FooterBytes]);
        Advance(SstableFormat.FooterBytes);
    }

    /// <param name="isNameSynced">False: whoever tells others of the file syncs its folder first, once for many files.</param>
    public void Commit(bool isNameSynced = true)
    {
        WriteBuffered();
        _file.SyncData();
        if (isNameSynced) _files.SyncDirectory(_directory);
        _committed = true;
    }

    public void Dispose()
    {
        _file.Dispose();
        if (_buffer.Length > 0) ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
        if (!_committed && _files.Exists(_path)) _files.Delete(_path);
    }

    private Span<byte> Room(int bytes)
    {
        var wanted = _buffered + bytes;
        if (wanted > _buffer.Length) Grow(Math.Max(wanted, Math.Min(_buffer.Length * 2, 2 * WriteBytes)));
        return _buffer.AsSpan(_buffered);
    }

    private void Advance(int bytes)
    {
        _buffered += bytes;
        if (_buffered >= WriteBytes) WriteBuffered();
    }

    private void WriteBuffered()
    {
        if (_buffered == 0) return;
        _file.Write(_written, _buffer.AsSpan(0, _buffered));
        _written += _buffered;
        _buffered = 0;
        if (_buffer.Length > 2 * WriteBytes) Grow(WriteBytes);
    }

    private void Grow(int bytes)
    {
        var next = ArrayPool<byte>.Shared.Rent(bytes);
        _buffer.AsSpan(0, _buffered).CopyTo(next);
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = next;
    }
}
