// Documents on stdout in one of three forms. The JSON forms are an interface: keys in the document's order, `_id` and
// `_version` first, types kept by escapes, the same bytes for the same documents. The table is for eyes only.

using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using IngoDB.Model;

namespace IngoDB.Cli.Output;

/// <summary>Prints documents as they arrive. JSON forms hold nothing back; a table waits for all, to know its columns.</summary>
/// <param name="areResults">Results of an aggregate are no documents: nobody wrote them, so they have no version, and their ids are of no use.</param>
internal sealed class DocumentPrinter(Terminal terminal, OutputFormat format, bool areResults = false)
{
    private static readonly JsonWriterOptions s_compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly JsonWriterOptions s_indented = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, Indented = true };

    private readonly List<StoredDocument> _rows = [];
    private int _count;

    public int Count => _count;

    public void Add(StoredDocument document)
    {
        switch (format)
        {
            case OutputFormat.Table: _rows.Add(document); break;
            case OutputFormat.Json: terminal.Out.Write((_count == 0 ? "[\n" : ",\n") + Line(document)); break;
            default: terminal.Out.WriteLine(Line(document)); break;
        }

        _count++;
    }

    public void Finish()
    {
        if (format == OutputFormat.Json) terminal.Out.WriteLine(_count == 0 ? "[]" : "\n]");
        else if (format == OutputFormat.Table && _count > 0) DocumentTable.Print(terminal, _rows, withId: !areResults);
        terminal.Out.Flush();
    }

    /// <summary>A document that is an answer itself: a plan, a status, a count.</summary>
    public static void PrintValue(Terminal terminal, Document value, OutputFormat format)
        => terminal.Out.WriteLine(Text(writer => DocumentJson.Write(writer, Value.From(value)), format == OutputFormat.Table ? s_indented : s_compact));

    private string Line(StoredDocument document) => Text(writer =>
    {
        if (areResults) DocumentJson.Write(writer, document.Fields);
        else DocumentJson.Write(writer, document);
    }, s_compact);

    private static string Text(Action<Utf8JsonWriter> write, JsonWriterOptions options)
    {
        using var bytes = new MemoryStream();
        using (var writer = new Utf8JsonWriter(bytes, options)) write(writer);
        return Encoding.UTF8.GetString(bytes.GetBuffer(), 0, (int)bytes.Length);
    }
}
