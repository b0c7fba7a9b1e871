// Walks the operations of a batch in place: those of a commit, from the builder's buffer, and those of a log record. The log's
// checksum has already proved the bytes; what is checked here is our own encoding.

using System.Buffers.Binary;
using IngoDB.Model;

namespace IngoDB.Engine.Entries;

/// <summary>One operation of an encoded batch, read in place.</summary>
internal readonly ref struct BatchOperation
{
    public required EntryKind Kind { get; init; }

    /// <summary>Version of the operation minus base version of the batch.</summary>
    public required uint VersionOffset { get; init; }

    /// <summary>Its version whatever the base is; none: base and offset say it.</summary>
    public DocumentVersion Given { get; init; }

    public required DocumentVersion ExpiresAt { get; init; }

    public required ReadOnlySpan<byte> Key { get; init; }

    /// <summary><see cref="Shape.SelfDescribed"/> for a Delete.</summary>
    public required Shape Shape { get; init; }

    /// <summary>Empty for a Delete.</summary>
    public required ReadOnlySpan<byte> Row { get; init; }

    /// <param name="first">Base version of the batch.</param>
    public DocumentVersion VersionIn(DocumentVersion first) => Given == DocumentVersion.None ? new(first.Raw + VersionOffset) : Given;
}

/// <summary>The operations of one batch, in order.</summary>
internal ref struct BatchOperations
{
    private readonly ReadOnlySpan<Shape> _shapes;
    private readonly string _source;
    private ReadOnlySpan<byte> _rest;
    private uint _nextOffset;
    private int _left;

    /// <param name="operations">Exactly their bytes.</param>
    /// <param name="count">How many.</param>
    /// <param name="shapes">What shape indexes refer to, from 1 on.</param>
    /// <param name="source">Named in a CorruptionException.</param>
    public BatchOperations(ReadOnlySpan<byte> operations, int count, ReadOnlySpan<Shape> shapes, string source)
    {
        (_left, _source) = (count, source);
        _rest = operations;
        _shapes = shapes;
    }

    /// <summary>A batch as the log holds it.</summary>
    /// <param name="batch">The payload of a record.</param>
    /// <param name="numbers">Those of the record's segment; learns the batch's new shapes.</param>
    /// <param name="registry">Where shapes are interned.</param>
    /// <param name="source">Named in a CorruptionException.</param>
    public static BatchOperations Read(ReadOnlySpan<byte> batch, BatchShapes numbers, ShapeRegistry registry, string source)
    {
        if (batch.IsEmpty || batch[0] is not (WriteBatchFormat.Version or WriteBatchFormat.GivenVersion))
            throw new UnsupportedFormatException(source, batch.IsEmpty ? -1 : batch[0], WriteBatchFormat.GivenVersion);
        var rest = new BatchOperations(batch[1..], 0, [], source);
        var shapes = new Shape[rest.ReadCount()];
        for (var i = 0; i < shapes.Length; i++)
            if (!numbers.TryRead(ref rest._rest, registry, out shapes[i])) throw rest.Corrupt("a shape that nobody described");
        var count = rest.ReadCount();
        return new(rest._rest, count, shapes, source);
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
        var head = Take(1)[0];
        var kind = (EntryKind)(head & WriteBatchFormat.KindMask);
        if (kind is not (EntryKind.Put or EntryKind.Delete) || head >= WriteBatchFormat.GivenVersionBit * 2) throw Corrupt($"unknown operation {head}");
        var offset = (head & WriteBatchFormat.SharesVersionBit) == 0 ? _nextOffset++ : _nextOffset - 1;
        var expiresAt = (head & WriteBatchFormat.ExpiresBit) == 0 ? DocumentVersion.None : new(BinaryPrimitives.ReadUInt64LittleEndian(Take(8)));
        var given = (head & WriteBatchFormat.GivenVersionBit) == 0 ? DocumentVersion.None : new(BinaryPrimitives.ReadUInt64LittleEndian(Take(8)));
        var key = Take(ReadVarint());
        if (kind == EntryKind.Delete)
            return new() { Kind = kind, VersionOffset = offset, Given = given, ExpiresAt = expiresAt, Key = key, Shape = Shape.SelfDescribed, Row = default };
        var shape = ReadVarint();
        if (shape > _shapes.Length) throw Corrupt("shape index out of range");
        var row = Take(ReadVarint());
        return new()
        {
            Kind = kind,
            VersionOffset = offset,
            Given = given,
            ExpiresAt = expiresAt,
            Key = key,
            Shape = shape == 0 ? Shape.SelfDescribed : _shapes[shape - 1],
            Row = row,
        };
    }

    private int ReadCount()
    {
        var count = ReadVarint();
        return count <= _rest.Length ? count : throw Corrupt("a count exceeds the bytes that are left");
    }

    private int ReadVarint()
    {
        if (!_rest.IsEmpty && _rest[0] < 0x80)
        {
            int value = _rest[0];
            _rest = _rest[1..];
            return value;
        }

        var length = 0;
        if (!Varint.TryRead(_rest, ref length, out var longer)) throw Corrupt("bad varint");
        _rest = _rest[length..];
        return longer;
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
