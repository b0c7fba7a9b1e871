using System.CommandLine;
using IngoDB.Cli.Connections;
using IngoDB.Cli.Output;
using IngoDB.Client;

namespace IngoDB.Cli;

/// <summary>What commands are given: where to write, and how to reach a database.</summary>
internal sealed record CliContext(Terminal Terminal, IConnector Connector)
{
    /// <summary>Runs a command's body; an exception becomes a message and an exit code.</summary>
    public async Task<int> RunAsync(Func<Task<int>> body)
    {
        try
        {
            return await body().ConfigureAwait(false);
        }
        catch (Exception error)
        {
            return ErrorReport.Print(Terminal, error);
        }
    }

    /// <summary>The same, with a database that is closed afterwards.</summary>
    public Task<int> RunAsync(ConnectionChoice choice, Func<IngoDatabase, Task<int>> body, CancellationToken cancellationToken) => RunAsync(async () =>
    {
        var connection = await Connector.OpenAsync(choice, cancellationToken).ConfigureAwait(false);
        await using (connection.ConfigureAwait(false)) return await body(connection.Database).ConfigureAwait(false);
    });

    /// <summary>The format asked for, else a table on a terminal and JSON lines in a pipe.</summary>
    public OutputFormat FormatOf(ParseResult parsed, Option<OutputFormat?> option)
        => parsed.GetValue(option) ?? (Terminal.OutIsTty ? OutputFormat.Table : OutputFormat.Jsonl);

    public static Option<OutputFormat?> OutputOption() => new("--output", "-o")
    {
        Description = "table, json (one array) or jsonl (one document a line). Default: table on a terminal, jsonl in a pipe.",
        HelpName = "table|json|jsonl",
    };
}
