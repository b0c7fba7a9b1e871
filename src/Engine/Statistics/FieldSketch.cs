// One path of a collection in numbers that add up: counts per kind, the least and the greatest value, and a sketch of how many
// different ones there are. Bounds are kept for scalars only, and not for long texts; arrays count as one value.

using System.Buffers;
using System.IO.Hashing;
using IngoDB.Model;

namespace IngoDB.Engine.Statistics;

/// <summary>What is known of the values at one path. One thread.</summary>
public sealed class FieldSketch
{
    private const int BoundCharactersMax = 256;

    private readonly long[] _kinds = new long[(int)ValueKind.Document + 1];
    private readonly DistinctSketch _distinct;

    public FieldSketch() => _distinct = new();

    private FieldSketch(DistinctSketch distinct) => _distinct = distinct;

    /// <summary>Documents that have the field.</summary>
    public long Present => _kinds.Sum();

    /// <summary>Least and greatest value; missing when there is none, or only ones that are too long to keep.</summary>
    public Value Min { get; private set; }

    public Value Max { get; private set; }

    public long Distinct => _distinct.Estimate();

    public long CountOf(ValueKind kind) => _kinds[(int)kind];

    /// <param name="scratch">Anything; used and left empty.</param>
    public void Add(in Value value, ArrayBufferWriter<byte> scratch)
    {
        _kinds[(int)value.Kind]++;
        OrderedKey.Append(value, scratch);
        _distinct.Add(XxHash3.HashToUInt64(scratch.WrittenSpan));
        scratch.ResetWrittenCount();
        Include(value);
    }

    public void Add(FieldSketch other)
    {
        for (var kind = 0; kind < _kinds.Length; kind++) _kinds[kind] += other._kinds[kind];
        _distinct.Add(other._distinct);
        Include(other.Min);
        Include(other.Max);
    }

    public Document ToDocument(string path) => Document.Of(
        ("path", path), ("kinds", Value.From(_kinds.Select(n => Value.From(n)).ToArray())), ("min", Min.IsMissing ? Value.Null : Min), ("max", Max.IsMissing ? Value.Null : Max), ("distinct", Value.From(_distinct.Bytes.ToArray())));

    public static FieldSketch From(Document document)
    {
        var field = new FieldSketch(new DistinctSketch(document["distinct"].AsBytes().Span)) { Min = Bound(document["min"]), Max = Bound(document["max"]) };
        var kinds = document["kinds"].AsArray().Span;
        for (var kind = 0; kind < Math.Min(kinds.Length, field._kinds.Length); kind++) field._kinds[kind] = kinds[kind].AsInt64();
        return field;
    }

    private void Include(in Value value)
    {
        if (value.Kind is ValueKind.Missing or ValueKind.Null or ValueKind.Array or ValueKind.Document || IsLong(value)) return;
        if (Min.IsMissing || value < Min) Min = value;
        if (Max.IsMissing || value > Max) Max = value;
    }

    private static bool IsLong(in Value value) => value.Kind switch
    {
        ValueKind.String => value.AsString().Length > BoundCharactersMax,
        ValueKind.Bytes => value.AsBytes().Length > BoundCharactersMax,
        _ => false,
    };

    private static Value Bound(in Value value) => value.Kind == ValueKind.Null ? Value.Missing : value;
}
