// Accumulators that keep a value. Its bytes lie in an array of the group's own, which is used again while the next value fits:
// an extreme changes rarely, and then mostly to one of the same length.

using System.Buffers;
using IngoDB.Model;

namespace IngoDB.Engine.Aggregating;

/// <summary>The least or the greatest value as an ordered key; null and missing take no part.</summary>
/// <param name="sign">-1 for the least, 1 for the greatest.</param>
internal sealed class ExtremeStates(int sign) : AccumulatorStates
{
    private readonly ArrayBufferWriter<byte> _key = new(64);
    private KeptBytes[] _keys = [];
    private long _bytes;

    public override long Bytes => (16L * _keys.Length) + _bytes;

    public override void Reserve(int count) => StateArrays.Reserve(ref _keys, count);

    public override void Add(int group, EncodedValue value, ReadOnlySpan<byte> idKey)
    {
        if (value.Kind is ValueKind.Null) return;
        _key.ResetWrittenCount();
        OrderedKey.Append(value, _key);
        Offer(group, _key.WrittenSpan);
    }

    /// <summary>The ordered key of one value.</summary>
    public void Offer(int group, ReadOnlySpan<byte> key)
    {
        ref var kept = ref _keys[group];
        if (kept.IsEmpty || key.SequenceCompareTo(kept.Span) * sign > 0) _bytes += kept.Set(key);
    }

    public override void Merge(int group, ref ReadOnlySpan<byte> state)
    {
        var key = StateBytes.Read(ref state);
        if (!key.IsEmpty) Offer(group, key);
    }

    public override void Append(int group, IBufferWriter<byte> target) => StateBytes.Write(_keys[group].Span, target);

    public override Value Result(int group)
    {
        var key = _keys[group].Span;
        return key.IsEmpty ? Value.Null : OrderedKey.Decode(ref key);
    }

    public override void Clear()
    {
        Array.Clear(_keys);
        _bytes = 0;
    }
}

/// <summary>The value of the document with the least id that has one.</summary>
internal sealed class FirstStates : AccumulatorStates
{
    private (KeptBytes Id, byte Tag, KeptBytes Payload)[] _firsts = [];
    private long _bytes;

    public override long Bytes => (40L * _firsts.Length) + _bytes;

    public override void Reserve(int count) => StateArrays.Reserve(ref _firsts, count);

    public override void Add(int group, EncodedValue value, ReadOnlySpan<byte> idKey) => Offer(group, idKey, value.Tag, value.Payload);

    public override void Merge(int group, ref ReadOnlySpan<byte> state)
    {
        var id = StateBytes.Read(ref state);
        if (id.IsEmpty) return;
        var tag = state[0];
        state = state[1..];
        Offer(group, id, tag, StateBytes.Read(ref state));
    }

    public override void Append(int group, IBufferWriter<byte> target)
    {
        ref var first = ref _firsts[group];
        StateBytes.Write(first.Id.Span, target);
        if (first.Id.IsEmpty) return;
        target.Write([first.Tag]);
        StateBytes.Write(first.Payload.Span, target);
    }

    public override Value Result(int group)
    {
        ref var first = ref _firsts[group];
        return first.Id.IsEmpty ? Value.Null : new EncodedValue(first.Tag, first.Payload.Span).Decode();
    }

    public override void Clear()
    {
        Array.Clear(_firsts);
        _bytes = 0;
    }

    /// <summary>Of one document the first value it gives is kept: equal ids change nothing.</summary>
    private void Offer(int group, ReadOnlySpan<byte> id, byte tag, ReadOnlySpan<byte> payload)
    {
        ref var first = ref _firsts[group];
        if (!first.Id.IsEmpty && id.SequenceCompareTo(first.Id.Span) >= 0) return;
        _bytes += first.Id.Set(id) + first.Payload.Set(payload);
        first.Tag = tag;
    }
}

/// <summary>A few bytes that change; a mutable value.</summary>
internal struct KeptBytes
{
    private byte[]? _bytes;
    private int _length;

    public readonly bool IsEmpty => _length == 0;

    public readonly ReadOnlySpan<byte> Span => _bytes.AsSpan(0, _length);

    /// <summary>Returns by how much the memory has grown.</summary>
    public int Set(ReadOnlySpan<byte> bytes)
    {
        var had = _bytes?.Length ?? 0;
        if (bytes.Length > had) _bytes = new byte[Math.Max(16, bytes.Length)];
        bytes.CopyTo(_bytes);
        _length = bytes.Length;
        return (_bytes?.Length ?? 0) - had;
    }
}

/// <summary>Bytes behind their length.</summary>
internal static class StateBytes
{
    public static void Write(ReadOnlySpan<byte> bytes, IBufferWriter<byte> target)
    {
        Varint.Write(target, bytes.Length);
        target.Write(bytes);
    }

    public static ReadOnlySpan<byte> Read(ref ReadOnlySpan<byte> source)
    {
        var position = 0;
        var length = Varint.Read(source, ref position);
        var bytes = source.Slice(position, length);
        source = source[(position + length)..];
        return bytes;
    }
}
