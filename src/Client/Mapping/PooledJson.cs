using System.Buffers;
using System.Text.Json;

namespace IngoDB.Client.Mapping;

/// <summary>A JSON writer over a buffer of this thread, so that converting a document allocates neither.</summary>
internal ref struct PooledJson : IDisposable
{
    [ThreadStatic]
    private static ArrayBufferWriter<byte>? s_buffer;

    [ThreadStatic]
    private static Utf8JsonWriter? s_writer;

    private const int KeptBytesMax = 1 << 20;

    private readonly ArrayBufferWriter<byte> _buffer;

    public PooledJson()
    {
        // Taken while in use: a converter of the user may convert documents itself.
        _buffer = s_buffer ?? new ArrayBufferWriter<byte>(4096);
        Writer = s_writer ?? new Utf8JsonWriter(_buffer);
        (s_buffer, s_writer) = (null, null);
        _buffer.ResetWrittenCount();
        Writer.Reset(_buffer);
    }

    public Utf8JsonWriter Writer { get; }

    public readonly ReadOnlySpan<byte> Written => _buffer.WrittenSpan;

    public readonly void Dispose()
    {
        if (_buffer.Capacity <= KeptBytesMax) (s_buffer, s_writer) = (_buffer, Writer);
    }
}
