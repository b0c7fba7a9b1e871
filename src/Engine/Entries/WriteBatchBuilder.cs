// Encodes operations one after the other into a buffer that is kept. What depends on the log (the numbers of shapes) stands in
// the head, which is written when the batch is appended; the operations stay as they are.

using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using IngoDB.Model;

namespace IngoDB.Engine.Entries;

/// <summary>Encodes batches, one after the other. Not thread-safe.</summary>
internal sealed class WriteBatchBuilder
{
    private const int KeptBytesMax = 4 << 20;
    private const int InitialBytes = 16 * 1024;

    private readonly List<Shape> _shapes = [];
    private byte[] _operations = new byte[InitialBytes];
    private int _length;
    private uint _latestOffset;
    private Shape? _latestShape;
    private uint _latestShapeIndex;
    private bool _hasGiven;

    public int Count { get; private set; }

    public ReadOnlySpan<byte> Operations => _operations.AsSpan(0, _length);

    /// <summary>What the operations' shape indexes refer to, from 1 on.</summary>
    public ReadOnlySpan<Shape> Shapes => CollectionsMarshal.AsSpan(_shapes);

    public void Clear()
    {
        if (_operations.Length > KeptBytesMax) _operations = new byte[InitialBytes];
        _shapes.Clear();
        (_length, _latestOffset, _latestShape, _latestShapeIndex, _hasGiven, Count) = (0, 0, null, 0, false, 0);
    }

    /// <param name="versionOffset">That of the operation before, or one more.</param>
    /// <param name="expiresAt">None: never.</param>
    /// <param name="key">See <see cref="EntryKey"/>.</param>
    /// <param name="shape">Any, or <see cref="Shape.SelfDescribed"/>.</param>
    /// <param name="row">Of that shape.</param>
    /// <param name="given">Its version, older than that of the record; none: the offset says it.</param>
    public void Put(uint versionOffset, DocumentVersion expiresAt, ReadOnlySpan<byte> key, Shape shape, ReadOnlySpan<byte> row, DocumentVersion given = default)
    {
        var target = Begin(EntryKind.Put, versionOffset, expiresAt, given, key, row.Length + (2 * Varint.BytesMax), out var length);
        length += Varint.Write(target[length..], IndexOf(shape));
        length += Varint.Write(target[length..], (uint)row.Length);
        row.CopyTo(target[length..]);
        _length += length + row.Length;
        Count++;
    }

    public void Delete(uint versionOffset, ReadOnlySpan<byte> key, DocumentVersion given = default)
    {
        Begin(EntryKind.Delete, versionOffset, DocumentVersion.None, given, key, 0, out var length);
        _length += length;
        Count++;
    }

    /// <summary>What stands before the operations.</summary>
    public void WriteHead(BatchShapes numbers, IBufferWriter<byte> target)
    {
        target.GetSpan(1)[0] = _hasGiven ? WriteBatchFormat.GivenVersion : WriteBatchFormat.Version;
        target.Advance(1);
        Varint.Write(target, _shapes.Count);
        foreach (var shape in _shapes) numbers.Write(shape, target);
        Varint.Write(target, Count);
    }

    /// <summary>The whole batch, as the first of a segment.</summary>
    public byte[] ToArray()
    {
        var target = new ArrayBufferWriter<byte>(InitialBytes);
        WriteHead(new BatchShapes(), target);
        target.Write(Operations);
        return target.WrittenSpan.ToArray();
    }

    private Span<byte> Begin(EntryKind kind, uint versionOffset, DocumentVersion expiresAt, DocumentVersion given, ReadOnlySpan<byte> key, int more, out int length)
    {
        Invariant.Holds(versionOffset - _latestOffset <= (Count == 0 ? 0u : 1u));
        var head = (byte)kind;
        if (Count > 0 && versionOffset == _latestOffset) head |= WriteBatchFormat.SharesVersionBit;
        _latestOffset = versionOffset;

        var target = Reserve(1 + (2 * sizeof(ulong)) + Varint.BytesMax + key.Length + more);
        length = 1;
        if (expiresAt != DocumentVersion.None)
        {
            head |= WriteBatchFormat.ExpiresBit;
            BinaryPrimitives.WriteUInt64LittleEndian(target[length..], expiresAt.Raw);
            length += sizeof(ulong);
        }

        if (given != DocumentVersion.None)
        {
            head |= WriteBatchFormat.GivenVersionBit;
            BinaryPrimitives.WriteUInt64LittleEndian(target[length..], given.Raw);
            length += sizeof(ulong);
            _hasGiven = true;
        }

        target[0] = head;
        length += Varint.Write(target[length..], (uint)key.Length);
        key.CopyTo(target[length..]);
        length += key.Length;
        return target;
    }

    private Span<byte> Reserve(int bytes)
    {
        if (_operations.Length - _length < bytes) Array.Resize(ref _operations, checked((int)Math.Max((long)_length + bytes, Math.Min(Array.MaxLength, _operations.Length * 2L))));
        return _operations.AsSpan(_length);
    }

    private uint IndexOf(Shape shape)
    {
        if (shape.IsSelfDescribed) return 0;
        if (ReferenceEquals(shape, _latestShape)) return _latestShapeIndex;
        var index = _shapes.IndexOf(shape);
        if (index < 0)
        {
            index = _shapes.Count;
            _shapes.Add(shape);
        }

        (_latestShape, _latestShapeIndex) = (shape, (uint)index + 1);
        return _latestShapeIndex;
    }
}
