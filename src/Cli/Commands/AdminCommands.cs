// What the database knows about itself, as rows. The database answers these as documents, so a new field in an answer
// shows up here by itself, as a column; nothing is chosen or renamed on the way.

using System.CommandLine;
using IngoDB.Cli.Connections;
using IngoDB.Cli.Output;
using IngoDB.Model;

namespace IngoDB.Cli.Commands;

/// <summary>Verbs that show what the database says about itself: <c>indexes</c>, <c>patterns</c>, <c>status</c>.</summary>
internal static class AdminCommands
{
    public static Command Indexes(CliContext context) => OfCollection(context, "indexes", "indexes.list", "indexes", "Learned indexes: on what, why, in which state, how large.");

    public static Command Patterns(CliContext context) => OfCollection(context, "patterns", "patterns.list", "patterns", "Shapes of queries by the work they cost, and what the engine thinks of them.");

    public static Command Status(CliContext context)
    {
        var output = CliContext.OutputOption();
        var connection = new ConnectionOptions();
        var command = new Command("status", "Silos, partitions, documents and health of the cluster.") { output };
        connection.AddTo(command);
        command.SetAction((parsed, cancellationToken) => context.RunAsync(connection.Choice(parsed), async database =>
        {
            var status = await database.AdminAsync("cluster.status", null, cancellationToken).ConfigureAwait(false);
            DocumentPrinter.PrintValue(context.Terminal, status, context.FormatOf(parsed, output));
            return ExitCode.Ok;
        }, cancellationToken));
        return command;
    }

    /// <summary>A verb that shows rows of one collection or of all.</summary>
    public static Command OfCollection(CliContext context, string verb, string operation, string field, string description)
    {
        var collection = new Option<string?>("--collection", "-c") { Description = "Only of this collection.", HelpName = "NAME" };
        var output = CliContext.OutputOption();
        var connection = new ConnectionOptions();
        var command = new Command(verb, description) { collection, output };
        connection.AddTo(command);
        command.SetAction((parsed, cancellationToken) => context.RunAsync(connection.Choice(parsed), async database =>
        {
            var argument = parsed.GetValue(collection) is { } name ? Document.Of(("collection", name)) : null;
            var answer = await database.AdminAsync(operation, argument, cancellationToken).ConfigureAwait(false);
            PrintRows(context.Terminal, answer[field], context.FormatOf(parsed, output));
            return ExitCode.Ok;
        }, cancellationToken));
        return command;
    }

    public static void PrintRows(Terminal terminal, Value rows, OutputFormat format)
    {
        var documents = rows.Kind == ValueKind.Array ? rows.AsArray().ToArray().Select(row => row.AsDocument()).ToList() : [];
        if (format == OutputFormat.Table)
        {
            var columns = documents.SelectMany(row => row.Select(cell => cell.Key)).Distinct().ToList();
            if (documents.Count > 0) DocumentTable.Print(terminal, columns, documents.Select(row => columns.Select(column => DocumentTable.Cell(row[column])).ToArray()));
            else terminal.Say("none");
            return;
        }

        if (format == OutputFormat.Json) DocumentPrinter.PrintValue(terminal, Document.Of(("rows", Value.From([.. documents.Select(Value.From)]))), format);
        else foreach (var row in documents) DocumentPrinter.PrintValue(terminal, row, format);
    }
}
