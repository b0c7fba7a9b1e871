using System.CommandLine;
using IngoDB.Cli.Connections;
using IngoDB.Cli.Output;
using IngoDB.Model;

namespace IngoDB.Cli.Commands;

/// <summary><c>ingodb explain [FILE|-|JSON]</c>: how a query is answered and why, with measured work when it is run.</summary>
internal static class ExplainCommand
{
    public static Command Create(CliContext context)
    {
        var source = RequestSource.Argument();
        var output = CliContext.OutputOption();
        var run = new Option<bool>("--run") { Description = "Run the query, and show the work as measured instead of as estimated." };
        var connection = new ConnectionOptions();
        var command = new Command("explain", "Say how a query is answered: access path, index or why none, documents read and returned.") { source, output, run };
        connection.AddTo(command);
        command.SetAction((parsed, cancellationToken) => context.RunAsync(async () =>
        {
            var request = await RequestSource.ReadAsync(context.Terminal, parsed.GetValue(source), cancellationToken).ConfigureAwait(false);
            if (request is not Query query)
                throw new InvalidRequestException("query.not_a_query", "Only queries can be explained.", "/kind", "get, scan, aggregate, traverse or path", """{"kind":"scan","from":"movies","limit":1}""");
            return await context.RunAsync(connection.Choice(parsed), async database =>
            {
                var plan = await database.ExplainAsync(query, parsed.GetValue(run), cancellationToken).ConfigureAwait(false);
                DocumentPrinter.PrintValue(context.Terminal, plan, context.FormatOf(parsed, output));
                return ExitCode.Ok;
            }, cancellationToken).ConfigureAwait(false);
        }));
        return command;
    }
}
