namespace IngoDB.TestKit.Files;

/// <summary>A growing array of bytes; holes are zeros.</summary>
internal sealed class Bytes
{
    private byte[] _bytes = [];

    public long Length { get; private set; }

    public int Read(long offset, Span<byte> target)
    {
        var count = (int)Math.Clamp(Length - offset, 0, target.Length);
        if (count > 0) _bytes.AsSpan((int)offset, count).CopyTo(target);
        return count;
    }

    public void Write(long offset, ReadOnlySpan<byte> source)
    {
        Reserve(offset + source.Length);
        source.CopyTo(_bytes.AsSpan((int)offset));
        Length = Math.Max(Length, offset + source.Length);
    }

    public void SetLength(long length)
    {
        Reserve(length);
        if (length < Length) _bytes.AsSpan((int)length, (int)(Length - length)).Clear();
        Length = length;
    }

    public void Flip(long offset, byte xor)
    {
        if (offset < Length) _bytes[offset] ^= xor;
    }

    public byte[] ToArray() => _bytes.AsSpan(0, (int)Length).ToArray();

    public Bytes Copy() => new() { _bytes = ToArray(), Length = Length };

    private void Reserve(long length)
    {
        if (length > _bytes.Length) Array.Resize(ref _bytes, (int)Math.Max(length, _bytes.Length * 2L));
    }
}
