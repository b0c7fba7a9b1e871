// StreamReader would decode every line to UTF-16 only for the JSON reader to encode it again, and would not say at which
// byte a line ends, which is what a resumed import has to know. So: bytes, offsets, and a buffer that grows only when a
// line is longer than it.

namespace IngoDB.Cli.Importing;

/// <summary>One line of a file: its bytes (valid until the next is read), its number from 1, and where the next one begins.</summary>
internal readonly record struct ImportLine(ReadOnlyMemory<byte> Bytes, long Number, long EndOffset);

/// <summary>Lines of a UTF-8 file as bytes, in a buffer that only grows with the longest line.</summary>
internal sealed class LineReader(Stream source, long offset, long linesBefore)
{
    private byte[] _buffer = new byte[1 << 16];
    private int _start;
    private int _end;
    private long _offset = offset;
    private long _number = linesBefore;

    /// <summary>Null at the end of the file. The last line needs no line break.</summary>
    public async ValueTask<ImportLine?> ReadAsync(CancellationToken cancellationToken)
    {
        var searched = 0;
        while (true)
        {
            var found = _buffer.AsSpan(_start + searched, _end - _start - searched).IndexOf((byte)'\n');
            if (found >= 0) return Take(searched + found, lineBreak: 1);
            searched = _end - _start;
            if (await FillAsync(cancellationToken).ConfigureAwait(false)) continue;
            return searched == 0 ? null : Take(searched, lineBreak: 0);
        }
    }

    private ImportLine Take(int length, int lineBreak)
    {
        var line = _buffer.AsMemory(_start, length);
        if (line.Span is [.., (byte)'\r']) line = line[..^1];
        if (_number == 0 && line.Span is [0xEF, 0xBB, 0xBF, ..]) line = line[3..];
        _start += length + lineBreak;
        _offset += length + lineBreak;
        return new ImportLine(line, ++_number, _offset);
    }

    private async ValueTask<bool> FillAsync(CancellationToken cancellationToken)
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
        }

        if (_end == _buffer.Length) Array.Resize(ref _buffer, _buffer.Length * 2);
        var read = await source.ReadAsync(_buffer.AsMemory(_end), cancellationToken).ConfigureAwait(false);
        _end += read;
        return read > 0;
    }
}
