using System.Buffers;

namespace IngoDB.Engine.Querying;

/// <summary>Bytes under construction that can be cut back to an earlier length. One thread.</summary>
internal sealed class KeyBuffer : IBufferWriter<byte>
{
    private byte[] _bytes = new byte[128];

    /// <summary>Set it to cut off what was written since.</summary>
    public int Length { get; set; }

    public ReadOnlySpan<byte> Span => _bytes.AsSpan(0, Length);

    public void Add(byte value)
    {
        GetSpan(1)[0] = value;
        Length++;
    }

    public void Advance(int count) => Length += count;

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _bytes.AsSpan(Length);
    }

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _bytes.AsMemory(Length);
    }

    private void Reserve(int size)
    {
        size = Math.Max(size, 16);
        if (_bytes.Length - Length < size) Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, Length + size));
    }
}
