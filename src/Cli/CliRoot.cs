// The whole command line in one list. A line that makes no sense is answered here, on stderr, with where help is and
// exit code 2: the parser's own answer would put help on stdout, where a pipe expects data.

using System.CommandLine;
using IngoDB.Cli.Commands;
using IngoDB.Cli.Output;

namespace IngoDB.Cli;

/// <summary>All verbs, and what happens to a command line that is none.</summary>
internal static class CliRoot
{
    public static RootCommand Create(CliContext context) => new("IngoDB: documents and graphs in an Orleans cluster that designs its own indexes.")
    {
        DemoCommand.Create(context),
        DemoWriterCommand.Create(context),
        ClusterCommand.Create(context),
        ImportCommand.Create(context),
        QueryCommand.Create(context),
        ExplainCommand.Create(context),
        CollectionsCommand.Create(context),
        AdminCommands.Indexes(context),
        AdminCommands.Patterns(context),
        LearnCommand.Create(context),
        AdminCommands.Status(context),
        VerifyCommand.Create(context),
    };

    public static async Task<int> RunAsync(CliContext context, string[] args, CancellationToken cancellationToken = default)
    {
        var parsed = Create(context).Parse(args);
        if (parsed.Errors.Count > 0 && parsed.Action is not System.CommandLine.Help.HelpAction)
        {
            foreach (var error in parsed.Errors) context.Terminal.Say($"error usage\n  {error.Message}");
            context.Terminal.Say($"  try: ingodb {(parsed.CommandResult.Command is RootCommand ? "" : PathOf(parsed) + " ")}--help");
            return ExitCode.Usage;
        }

        var configuration = new InvocationConfiguration
        {
            Output = context.Terminal.Out,
            Error = context.Terminal.Error,
            EnableDefaultExceptionHandler = false,
            ProcessTerminationTimeout = TimeSpan.FromSeconds(30),
        };
        return await parsed.InvokeAsync(configuration, cancellationToken).ConfigureAwait(false);
    }

    private static string PathOf(ParseResult parsed)
    {
        var names = new List<string>();
        for (System.CommandLine.Parsing.SymbolResult? at = parsed.CommandResult; at is System.CommandLine.Parsing.CommandResult { Command: not RootCommand } command; at = at.Parent)
            names.Insert(0, command.Command.Name);
        return string.Join(' ', names);
    }
}
