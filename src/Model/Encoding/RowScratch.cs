// Where a row is put together. A sequence's ends stand before its payload, and how wide they are depends on how
// long the payload gets, which nobody knows before it is written. So every sequence starts with one-byte ends and
// widens them once they overflow: one memmove of what is already there, no measuring pass, no second buffer.
//
//   [width|tags|ends|payload........]          at the first end that does not fit:
//   [width|tags|ends....|payload........]      payload moves up, the ends so far are rewritten
//
// One per thread, borrowed for the length of one row; a scratch that grew large is not kept.

using System.Buffers.Binary;

namespace IngoDB.Model;

/// <summary>A growing byte buffer that knows how to build sequences.</summary>
internal sealed class RowScratch
{
    private const int InitialBytes = 4096;
    private const int KeptBytesMax = 1 << 20;

    /// <summary>Room for one value beyond the limit of a document, so that the limit is checked once per row and per growth.</summary>
    private const int GrowthBytesMax = RowFormat.DocumentBytesMax * 2;

    [ThreadStatic]
    private static RowScratch? _idle;

    private byte[] _bytes = new byte[InitialBytes];

    public int Length { get; private set; }

    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, Length);

    public static RowScratch Borrow()
    {
        var scratch = _idle ?? new RowScratch();
        _idle = null;
        scratch.Length = 0;
        return scratch;
    }

    /// <summary>Empties a scratch that one writer keeps for itself; what one large row made of it is not kept.</summary>
    public void Restart()
    {
        if (_bytes.Length > KeptBytesMax) _bytes = new byte[InitialBytes];
        Length = 0;
    }

    public void GiveBack()
    {
        if (_bytes.Length <= KeptBytesMax) _idle = this;
    }

    /// <summary>At least <paramref name="count"/> bytes after what is written; call <see cref="Advance"/> with what was used.</summary>
    public Span<byte> Reserve(int count)
    {
        if (_bytes.Length - Length < count) Grow(count);
        return _bytes.AsSpan(Length);
    }

    public void Advance(int count) => Length += count;

    public void WriteVarint(int value) => Advance(Varint.Write(Reserve(Varint.BytesMax), (uint)value));

    public SequenceFrame BeginSequence(int count)
    {
        var head = Reserve(1 + (count * 2));
        head[0] = 1;
        var frame = new SequenceFrame(Length, count);
        Advance(1 + (count * 2));
        return frame;
    }

    /// <summary>Everything written since the value before belongs to value <paramref name="index"/>.</summary>
    public void EndValue(ref SequenceFrame frame, int index, byte tag)
    {
        var end = Length - frame.PayloadStart;
        if (end > frame.EndMax) Widen(ref frame, index, end);
        _bytes[frame.Start + 1 + index] = tag;
        WriteEnd(frame, index, end);
    }

    private void Widen(ref SequenceFrame frame, int ended, int end)
    {
        var narrow = frame;
        frame.Width = end <= ushort.MaxValue ? 2 : 4;
        var shift = frame.PayloadStart - narrow.PayloadStart;
        Reserve(shift);
        _bytes.AsSpan(narrow.PayloadStart, end).CopyTo(_bytes.AsSpan(frame.PayloadStart));
        Length += shift;
        _bytes[frame.Start] = (byte)frame.Width;
        for (var i = ended - 1; i >= 0; i--) WriteEnd(frame, i, ReadEnd(narrow, i));
    }

    private void WriteEnd(in SequenceFrame frame, int index, int end)
    {
        var at = _bytes.AsSpan(frame.EndsStart + (index * frame.Width));
        if (frame.Width == 1) at[0] = (byte)end;
        else if (frame.Width == 2) BinaryPrimitives.WriteUInt16LittleEndian(at, (ushort)end);
        else BinaryPrimitives.WriteInt32LittleEndian(at, end);
    }

    private int ReadEnd(in SequenceFrame frame, int index)
        => frame.Width == 1 ? _bytes[frame.EndsStart + index] : BinaryPrimitives.ReadUInt16LittleEndian(_bytes.AsSpan(frame.EndsStart + (index * 2)));

    private void Grow(int count)
    {
        var needed = (long)Length + count;
        if (needed > GrowthBytesMax) throw RowWriter.TooLarge();
        Array.Resize(ref _bytes, (int)Math.Max(needed, Math.Min(GrowthBytesMax, _bytes.Length * 2L)));
    }
}

/// <summary>Where a sequence under construction stands in its scratch.</summary>
internal struct SequenceFrame(int start, int count)
{
    public readonly int Start = start;
    public int Width = 1;

    private readonly int _count = count;

    public readonly int EndsStart => Start + 1 + _count;

    public readonly int PayloadStart => EndsStart + (_count * Width);

    public readonly int EndMax => Width switch { 1 => byte.MaxValue, 2 => ushort.MaxValue, _ => int.MaxValue };
}
