// Documents of one collection need not have the same fields, and a terminal is narrow. Columns are the fields in the
// order in which they first appear, a dozen at most, and what is left out is named.

using IngoDB.Model;
using Spectre.Console;

namespace IngoDB.Cli.Output;

/// <summary>Documents in columns: <c>_id</c> first (where there is one: not of an aggregate's results), then the fields in the order in which they first appear. Long values are cut; JSON shows them whole.</summary>
internal static class DocumentTable
{
    private const int CellCharactersMax = 60;
    private const int ColumnsMax = 12;

    public static void Print(Terminal terminal, IReadOnlyList<StoredDocument> documents, bool withId = true)
    {
        var names = documents.SelectMany(document => document.Fields.Select(field => field.Key)).Distinct(StringComparer.Ordinal).ToList();
        var shown = names.Take(ColumnsMax).ToList();
        if (!withId) Print(terminal, shown, documents.Select(document => shown.Select(name => Cell(document[name])).ToArray()));
        else Print(terminal, [FieldNames.Id, .. shown], documents.Select(document => (string[])[document.Id.ToString(), .. shown.Select(name => Cell(document[name]))]));
        if (names.Count > shown.Count) terminal.Say($"{names.Count - shown.Count} more fields: {string.Join(", ", names.Skip(ColumnsMax))} (-o json shows all)");
    }

    public static void Print(Terminal terminal, IReadOnlyList<string> columns, IEnumerable<string[]> rows)
    {
        var table = new Table().Border(TableBorder.Simple);
        foreach (var column in columns) table.AddColumn(new TableColumn(Markup.Escape(column)).NoWrap());
        foreach (var row in rows) table.AddRow(row.Select(cell => new Text(Cut(cell))));
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = terminal.Color ? AnsiSupport.Detect : AnsiSupport.No,
            ColorSystem = terminal.Color ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
            Out = new AnsiConsoleOutput(terminal.Out),
            Interactive = InteractionSupport.No,
        });
        console.Profile.Width = terminal.Width;
        console.Write(table);
    }

    public static string Cell(in Value value) => value.Kind switch
    {
        ValueKind.Missing => "",
        ValueKind.String => value.AsString(),
        _ => CellText.Of(value),
    };

    private static string Cut(string text)
    {
        var line = text.ReplaceLineEndings(" ");
        return line.Length <= CellCharactersMax ? line : string.Concat(line.AsSpan(0, CellCharactersMax - 1), "…");
    }
}
