// The numbers of shapes within one segment of the log. The writer of the log has one and so has its reader, and both see
// the same batches in the same order, so that a number means the same shape to both.

using System.Buffers;
using IngoDB.Model;

namespace IngoDB.Engine.Entries;

/// <summary>Shapes by number and numbers by shape. Not thread-safe.</summary>
internal sealed class BatchShapes
{
    private readonly Dictionary<Shape, int> _numbers = [];
    private readonly List<Shape> _shapes = [];
    private ulong _segment;
    private Shape? _latest;
    private int _latestNumber;

    /// <summary>At the begin of a segment nothing is known.</summary>
    public void Enter(ulong segment)
    {
        if (segment == _segment) return;
        _segment = segment;
        _numbers.Clear();
        _shapes.Clear();
        _latest = null;
    }

    /// <summary>Writes the number, and the shape itself when it is new.</summary>
    public void Write(Shape shape, IBufferWriter<byte> target)
    {
        if (!ReferenceEquals(shape, _latest))
        {
            if (!_numbers.TryGetValue(shape, out var number))
            {
                Varint.Write(target, Learn(shape));
                shape.WriteTo(target);
                return;
            }

            (_latest, _latestNumber) = (shape, number);
        }

        Varint.Write(target, _latestNumber);
    }

    /// <summary>Reads what <see cref="Write"/> wrote; false when the number can not be.</summary>
    public bool TryRead(ref ReadOnlySpan<byte> source, ShapeRegistry registry, out Shape shape)
    {
        var length = 0;
        shape = Shape.SelfDescribed;
        if (!Varint.TryRead(source, ref length, out var number) || number > _shapes.Count) return false;
        source = source[length..];
        if (number == _shapes.Count) Learn(registry.Intern(Shape.Read(ref source)));
        shape = _shapes[number];
        return true;
    }

    /// <summary>The batch of a log record.</summary>
    public BatchOperations Read(ulong segment, ReadOnlySpan<byte> batch, ShapeRegistry registry, string source)
    {
        Enter(segment);
        return BatchOperations.Read(batch, this, registry, source);
    }

    private int Learn(Shape shape)
    {
        _numbers.TryAdd(shape, _shapes.Count);
        _shapes.Add(shape);
        return _shapes.Count - 1;
    }
}
