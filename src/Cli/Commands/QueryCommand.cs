// Documents go to stdout as their pages arrive, in constant memory (but for a table, which must know its columns).
// Whatever makes the answer less than complete is said on stderr and in the exit code, so that a script that only
// looks at stdout cannot take a part for the whole by accident.

using System.CommandLine;
using IngoDB.Cli.Connections;
using IngoDB.Cli.Output;
using IngoDB.Client;
using IngoDB.Model;

namespace IngoDB.Cli.Commands;

/// <summary><c>ingodb query [FILE|-|JSON]</c>: any request of the Liquid AST, reading or writing; documents on stdout as they arrive.</summary>
internal static class QueryCommand
{
    public static Command Create(CliContext context)
    {
        var source = RequestSource.Argument();
        var output = CliContext.OutputOption();
        var stats = new Option<bool>("--stats") { Description = "Say on stderr what the query cost." };
        var partial = new Option<bool>("--partial") { Description = "Print what the reachable partitions have when some are missing (exit code 5)." };
        var connection = new ConnectionOptions();
        var command = new Command("query", "Run a request of the Liquid AST, given as JSON, as a file, or on stdin.") { source, output, stats, partial };
        connection.AddTo(command);
        command.SetAction((parsed, cancellationToken) => context.RunAsync(async () =>
        {
            var request = await RequestSource.ReadAsync(context.Terminal, parsed.GetValue(source), cancellationToken).ConfigureAwait(false);
            var format = context.FormatOf(parsed, output);
            return await context.RunAsync(
                connection.Choice(parsed),
                database => request is Query query
                    ? ReadAsync(context.Terminal, database, query, format, parsed.GetValue(stats), parsed.GetValue(partial), cancellationToken)
                    : WriteAsync(context.Terminal, database, (Write)request, format, cancellationToken),
                cancellationToken).ConfigureAwait(false);
        }));
        return command;
    }

    private static async Task<int> ReadAsync(Terminal terminal, IngoDatabase database, Query query, OutputFormat format, bool stats, bool partial, CancellationToken cancellationToken)
    {
        var began = terminal.Time.GetTimestamp();
        var printer = new DocumentPrinter(terminal, format, areResults: query is AggregateQuery);
        var outcome = new QueryOutcome();
        await foreach (var page in database.QueryPagesAsync(query, partial, cancellationToken).ConfigureAwait(false))
        {
            foreach (var document in page.Items) printer.Add(document);
            outcome.Add(page);
        }

        if (outcome.Value is { } value) DocumentPrinter.PrintValue(terminal, value, format);
        else printer.Finish();
        outcome.Report(terminal);
        if (stats) terminal.Say($"{printer.Count} returned, {outcome.Examined} examined, {outcome.Pages} pages, {terminal.Time.GetElapsedTime(began).TotalMilliseconds:0.0} ms");
        return outcome.IsPartial ? ExitCode.Partial : query is GetQuery && printer.Count == 0 ? ExitCode.NotFound : ExitCode.Ok;
    }

    private static async Task<int> WriteAsync(Terminal terminal, IngoDatabase database, Write write, OutputFormat format, CancellationToken cancellationToken)
    {
        if (write is WhereWrite where)
        {
            DocumentPrinter.PrintValue(terminal, WriteResultText.Fields(await database.WriteAsync(where, null, cancellationToken).ConfigureAwait(false)), format);
            return ExitCode.Ok;
        }

        var outcome = await database.WriteAsync(write, cancellationToken).ConfigureAwait(false);
        var printer = new DocumentPrinter(terminal, format);
        foreach (var result in outcome.Results) printer.Add(new StoredDocument(result.Id, result.Version, WriteResultText.Fields(result)));
        printer.Finish();
        if (outcome.Refused == 0) return ExitCode.Ok;
        return outcome.Results.Any(result => result.ErrorCode?.StartsWith("document.", StringComparison.Ordinal) == true) ? ExitCode.Conflict : ExitCode.Failure;
    }
}
