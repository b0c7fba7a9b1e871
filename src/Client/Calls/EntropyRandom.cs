using System.Security.Cryptography;

namespace IngoDB.Client.Calls;

/// <summary>The operating system's randomness, 4 KiB at a time: ids of two clients never share a seed. Not thread-safe.</summary>
internal sealed class EntropyRandom() : Random(0)
{
    private readonly byte[] _pool = new byte[4096];
    private int _used = 4096;

    public override void NextBytes(byte[] buffer) => NextBytes(buffer.AsSpan());

    public override void NextBytes(Span<byte> buffer)
    {
        while (buffer.Length > 0)
        {
            if (_used == _pool.Length)
            {
                RandomNumberGenerator.Fill(_pool);
                _used = 0;
            }

            var taken = Math.Min(buffer.Length, _pool.Length - _used);
            _pool.AsSpan(_used, taken).CopyTo(buffer);
            _used += taken;
            buffer = buffer[taken..];
        }
    }

    protected override double Sample()
    {
        Span<byte> bits = stackalloc byte[8];
        NextBytes(bits);
        return (BitConverter.ToUInt64(bits) >> 11) * (1.0 / (1UL << 53));
    }
}
