// A run: records in key order in a file, written once from beginning to end and read once from beginning to end, a block at a time.
// The bytes are drawn in GroupFormat.cs.

using System.Buffers;
using System.Buffers.Binary;
using IngoDB.Engine.Files;
using IngoDB.Model;

namespace IngoDB.Engine.Aggregating;

/// <summary>One run on disk; deleted when it is disposed. One thread at a time.</summary>
internal sealed class SpillFile : RecordCursor
{
    private readonly SpillFolder _folder;
    private readonly IFile _file;
    private readonly long _end;
    private byte[] _block = new byte[GroupFormat.BlockBytes];
    private long _next = 1;
    private int _length, _at;
    private (int Start, int Length) _key, _state;

    private SpillFile(SpillFolder folder, IFile file, long end) => (_folder, _file, _end) = (folder, file, end);

    public override ReadOnlySpan<byte> Key => _block.AsSpan(_key.Start, _key.Length);

    public override ReadOnlySpan<byte> State => _block.AsSpan(_state.Start, _state.Length);

    /// <summary>Writes all records of a cursor; what is returned stands before the first.</summary>
    public static SpillFile Write(SpillFolder folder, RecordCursor records)
    {
        var file = folder.Create();
        try
        {
            file.Write(0, [GroupFormat.Version]);
            var end = 1L;
            var block = new ArrayBufferWriter<byte>(GroupFormat.BlockBytes + 1024);
            while (records.MoveNext())
            {
                Varint.Write(block, records.Key.Length);
                Varint.Write(block, records.State.Length);
                block.Write(records.Key);
                block.Write(records.State);
                if (block.WrittenCount >= GroupFormat.BlockBytes) end += Flush(file, end, block);
            }

            if (block.WrittenCount > 0) end += Flush(file, end, block);
            return new(folder, file, end);
        }
        catch
        {
            // The query fails with what was wrong (a full disk); the file would only take more room.
            folder.Delete(file);
            throw;
        }
    }

    public override bool MoveNext()
    {
        if (_at == _length && !ReadBlock()) return false;
        var keyLength = Varint.Read(_block, ref _at);
        var stateLength = Varint.Read(_block, ref _at);
        _key = (_at, keyLength);
        _state = (_at + keyLength, stateLength);
        _at += keyLength + stateLength;
        return true;
    }

    public override void Dispose()
    {
        _folder.Delete(_file);
        base.Dispose();
    }

    private static int Flush(IFile file, long at, ArrayBufferWriter<byte> block)
    {
        Span<byte> head = stackalloc byte[GroupFormat.BlockHeadBytes];
        BinaryPrimitives.WriteInt32LittleEndian(head, block.WrittenCount);
        BinaryPrimitives.WriteUInt32LittleEndian(head[4..], Crc32C.Of((ulong)at, block.WrittenSpan));
        file.Write(at, head);
        file.Write(at + head.Length, block.WrittenSpan);
        var written = head.Length + block.WrittenCount;
        block.ResetWrittenCount();
        return written;
    }

    private bool ReadBlock()
    {
        if (_next >= _end) return false;
        Span<byte> head = stackalloc byte[GroupFormat.BlockHeadBytes];
        if (_file.Read(_next, head) < head.Length) throw Damaged("it ends in the middle of a block");
        _length = BinaryPrimitives.ReadInt32LittleEndian(head);
        if (_length <= 0 || _length > _end - _next - head.Length) throw Damaged("not the length of a block");
        if (_block.Length < _length) _block = new byte[_length];
        var payload = _block.AsSpan(0, _length);
        if (_file.Read(_next + head.Length, payload) < _length) throw Damaged("it ends in the middle of a block");
        if (Crc32C.Of((ulong)_next, payload) != BinaryPrimitives.ReadUInt32LittleEndian(head[4..])) throw Damaged("the checksum of a block does not match");
        _next += head.Length + _length;
        _at = 0;
        return true;
    }

    private CorruptionException Damaged(string detail) => new(_file.Path, _next, detail);
}
