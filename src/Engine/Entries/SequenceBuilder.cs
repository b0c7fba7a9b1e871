// Puts encoded values together as a new sequence (drawn in Model's RowFormat.cs) without decoding any of them.

using System.Buffers;
using System.Buffers.Binary;
using IngoDB.Model;

namespace IngoDB.Engine.Entries;

/// <summary>Collects values and writes them as one sequence. Reusable.</summary>
internal sealed class SequenceBuilder
{
    private readonly ArrayBufferWriter<byte> _payload = new(256);
    private readonly List<(byte Tag, int End)> _values = [];

    public int Count => _values.Count;

    public void Clear()
    {
        _payload.ResetWrittenCount();
        _values.Clear();
    }

    public void Add(byte tag, ReadOnlySpan<byte> payload)
    {
        _payload.Write(payload);
        _values.Add((tag, _payload.WrittenCount));
    }

    public void WriteTo(IBufferWriter<byte> target)
    {
        var width = WidthOf(_payload.WrittenCount);
        var head = target.GetSpan(1 + (_values.Count * (1 + width)));
        head[0] = (byte)width;
        for (var i = 0; i < _values.Count; i++) head[1 + i] = _values[i].Tag;
        var ends = head[(1 + _values.Count)..];
        for (var i = 0; i < _values.Count; i++) WriteEnd(ends[(i * width)..], width, _values[i].End);
        target.Advance(1 + (_values.Count * (1 + width)));
        target.Write(_payload.WrittenSpan);
    }

    /// <summary>Bytes of an end when payloads have so many together.</summary>
    public static int WidthOf(int payloadBytes) => payloadBytes switch { <= byte.MaxValue => 1, <= ushort.MaxValue => 2, _ => 4 };

    public static void WriteEnd(Span<byte> target, int width, int end)
    {
        if (width == 1) target[0] = (byte)end;
        else if (width == 2) BinaryPrimitives.WriteUInt16LittleEndian(target, (ushort)end);
        else BinaryPrimitives.WriteInt32LittleEndian(target, end);
    }
}
