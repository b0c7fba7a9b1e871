// The unit of everything: a batch of resolved operations (conditions checked, patches applied) is encoded once.
// The log stores these bytes, a follower will receive them, recovery reads them, and the memtable is filled from
// them, so that commit, recovery and replication cannot diverge.
//
//   batch = format u8 = 1 | shape count varint | shapes | op count varint | ops
//   op    = kind u8 | version offset varint | expires u64 LE (0 = never) | key length varint | key
//           Put only: shape index varint (0 = self-described, else 1-based) | row length varint | row
//
// Version of an op = base version of the log record + its offset: i for the i-th independent write, one for all
// writes of an atomic batch (whose repeated ids were folded before, since a key has a version once).

using System.Buffers;
using System.Buffers.Binary;
using IngoDB.Model;

namespace IngoDB.Engine.Entries;

/// <summary>The constants of the batch format; see docs/formats/batch.md.</summary>
internal static class WriteBatchFormat
{
    public const byte Version = 1;
}

/// <summary>One operation of an encoded batch, read in place.</summary>
internal readonly ref struct BatchOperation
{
    public required EntryKind Kind { get; init; }

    public required uint VersionOffset { get; init; }

    public required DocumentVersion ExpiresAt { get; init; }

    public required ReadOnlySpan<byte> Key { get; init; }

    /// <summary><see cref="Shape.SelfDescribed"/> for a Delete.</summary>
    public required Shape Shape { get; init; }

    /// <summary>Empty for a Delete.</summary>
    public required ReadOnlySpan<byte> Row { get; init; }
}

/// <summary>Encodes batches, one after the other, into buffers that it keeps. Not thread-safe.</summary>
internal sealed class WriteBatchBuilder
{
    private readonly ArrayBufferWriter<byte> _operations = new(64 * 1024);
    private readonly ArrayBufferWriter<byte> _batch = new(64 * 1024);
    private readonly List<Shape> _shapes = [];
    private Shape? _latestShape;
    private uint _latestShapeIndex;

    public int Count { get; private set; }

    public int OperationBytes => _operations.WrittenCount;

    public ReadOnlySpan<Shape> Shapes => System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_shapes);

    public void Clear()
    {
        _operations.ResetWrittenCount();
        _batch.ResetWrittenCount();
        _shapes.Clear();
        (_latestShape, _latestShapeIndex, Count) = (null, 0, 0);
    }

    /// <param name="shape">Interned, or <see cref="Shape.SelfDescribed"/>.</param>
    public void Put(uint versionOffset, DocumentVersion expiresAt, ReadOnlySpan<byte> key, Shape shape, ReadOnlySpan<byte> row)
    {
        var target = Begin(EntryKind.Put, versionOffset, expiresAt, key, row.Length + (2 * Varint.BytesMax), out var length);
        length += Varint.Write(target[length..], IndexOf(shape));
        length += Varint.Write(target[length..], (uint)row.Length);
        row.CopyTo(target[length..]);
        _operations.Advance(length + row.Length);
        Count++;
    }

    public void Delete(uint versionOffset, ReadOnlySpan<byte> key)
    {
        Begin(EntryKind.Delete, versionOffset, DocumentVersion.None, key, 0, out var length);
        _operations.Advance(length);
        Count++;
    }

    /// <summary>The whole batch; valid until the next Clear or Put.</summary>
    public ReadOnlySpan<byte> Encode()
    {
        _batch.ResetWrittenCount();
        _batch.GetSpan(1)[0] = WriteBatchFormat.Version;
        _batch.Advance(1);
        WriteCount(_shapes.Count);
        foreach (var shape in _shapes) shape.WriteTo(_batch);
        WriteCount(Count);
        _batch.Write(_operations.WrittenSpan);
        return _batch.WrittenSpan;
    }

    private Span<byte> Begin(EntryKind kind, uint versionOffset, DocumentVersion expiresAt, ReadOnlySpan<byte> key, int more, out int length)
    {
        var target = _operations.GetSpan(1 + 8 + (2 * Varint.BytesMax) + key.Length + more);
        target[0] = (byte)kind;
        length = 1 + Varint.Write(target[1..], versionOffset);
        BinaryPrimitives.WriteUInt64LittleEndian(target[length..], expiresAt.Raw);
        length += 8;
        length += Varint.Write(target[length..], (uint)key.Length);
        key.CopyTo(target[length..]);
        length += key.Length;
        return target;
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

    private void WriteCount(int count)
    {
        var span = _batch.GetSpan(Varint.BytesMax);
        _batch.Advance(Varint.Write(span, (uint)count));
    }
}

/// <summary>Walks an encoded batch in place; the log's checksum has already proved the bytes, what is checked here is our own encoding.</summary>
internal ref struct WriteBatchReader
{
    private readonly Shape[] _shapes;
    private readonly string _source;
    private ReadOnlySpan<byte> _rest;
    private int _left;

    /// <param name="source">Named in a CorruptionException.</param>
    public WriteBatchReader(ReadOnlySpan<byte> batch, ShapeRegistry registry, string source)
    {
        _source = source;
        _rest = batch;
        _shapes = [];
        if (_rest.IsEmpty || _rest[0] != WriteBatchFormat.Version)
            throw new UnsupportedFormatException(source, _rest.IsEmpty ? -1 : _rest[0], WriteBatchFormat.Version);
        _rest = _rest[1..];
        var shapes = new Shape[ReadCount()];
        for (var i = 0; i < shapes.Length; i++) shapes[i] = registry.Intern(Shape.Read(ref _rest));
        _shapes = shapes;
        _left = ReadCount();
    }

    public bool TryNext(out BatchOperation operation)
    {
        if (_left == 0)
        {
            operation = default;
            return !_rest.IsEmpty ? throw Corrupt("bytes after the last operation") : false;
        }

        _left--;
        operation = ReadOperation();
        return true;
    }

    private BatchOperation ReadOperation()
    {
        var kind = (EntryKind)Take(1)[0];
        if (kind is not (EntryKind.Put or EntryKind.Delete)) throw Corrupt($"unknown operation {(int)kind}");
        var versionOffset = ReadVarint();
        var expiresAt = new DocumentVersion(BinaryPrimitives.ReadUInt64LittleEndian(Take(8)));
        var key = Take((int)ReadVarint());
        if (kind == EntryKind.Delete)
            return new() { Kind = kind, VersionOffset = versionOffset, ExpiresAt = expiresAt, Key = key, Shape = Shape.SelfDescribed, Row = default };
        var shape = ReadVarint();
        if (shape > _shapes.Length) throw Corrupt("shape index out of range");
        var row = Take((int)ReadVarint());
        return new()
        {
            Kind = kind,
            VersionOffset = versionOffset,
            ExpiresAt = expiresAt,
            Key = key,
            Shape = shape == 0 ? Shape.SelfDescribed : _shapes[shape - 1],
            Row = row,
        };
    }

    private int ReadCount()
    {
        var count = ReadVarint();
        return count <= (uint)_rest.Length ? (int)count : throw Corrupt("a count exceeds the bytes that are left");
    }

    private uint ReadVarint()
    {
        var length = 0;
        if (!Varint.TryRead(_rest, ref length, out var value)) throw Corrupt("bad varint");
        _rest = _rest[length..];
        return (uint)value;
    }

    private ReadOnlySpan<byte> Take(int length)
    {
        if ((uint)length > (uint)_rest.Length) throw Corrupt("a length exceeds the bytes that are left");
        var taken = _rest[..length];
        _rest = _rest[length..];
        return taken;
    }

    private readonly CorruptionException Corrupt(string detail) => new(_source, 0, $"write batch: {detail}");
}
