// What an import could not take, kept so that it can be mended: one JSON object a line, with the line's number, the
// reason, and the text as it was (a very long one cut). A resumed import cuts the file back to what had been
// acknowledged, since the lines behind that are read again.

using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace IngoDB.Cli.Importing;

/// <summary>A line that did not become a document, and why.</summary>
internal sealed record Reject(long Line, string Code, string Message, string Text);

/// <summary>FILE.rejects.jsonl: every line that was not imported, so that it can be mended and imported by itself. Made with the first one.</summary>
internal sealed class RejectsFile(string file, long keepBytes) : IDisposable
{
    private static readonly JsonWriterOptions s_options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private FileStream? _stream;

    public static string PathFor(string file) => file + ".rejects.jsonl";

    public string Path { get; } = PathFor(file);

    public long Bytes => _stream?.Length ?? keepBytes;

    public void Add(IReadOnlyList<Reject> rejects)
    {
        if (rejects.Count == 0) return;
        _stream ??= Open();
        foreach (var reject in rejects)
        {
            using (var writer = new Utf8JsonWriter(_stream, s_options))
            {
                writer.WriteStartObject();
                writer.WriteNumber("line", reject.Line);
                writer.WriteString("code", reject.Code);
                writer.WriteString("message", reject.Message);
                writer.WriteString("text", reject.Text);
                writer.WriteEndObject();
            }

            _stream.Write(Encoding.UTF8.GetBytes("\n"));
        }

        _stream.Flush();
    }

    public void Dispose() => _stream?.Dispose();

    /// <summary>What lies behind the acknowledged length belongs to lines that will be read again.</summary>
    private FileStream Open()
    {
        var stream = new FileStream(Path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.Read);
        stream.SetLength(Math.Min(keepBytes, stream.Length));
        stream.Seek(0, SeekOrigin.End);
        return stream;
    }
}
