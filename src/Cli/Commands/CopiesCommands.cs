// ingodb cluster status | drain | move | force-primary: who has which copy, and what an operator may want of that. The database decides and refuses with
// the reason; nothing is known here but how to ask, and in which columns the answer is read best.

using System.CommandLine;
using IngoDB.Cli.Connections;
using IngoDB.Cli.Output;
using IngoDB.Model;

namespace IngoDB.Cli.Commands;

/// <summary>Verbs of <c>ingodb cluster</c> that speak of copies and nodes.</summary>
internal static class CopiesCommands
{
    public static Command Status(CliContext context)
    {
        var output = CliContext.OutputOption();
        return Order(context, new("status", "Every partition: epoch, primary, copies with role, in sync and how far behind, and what is missing.") { output }, "cluster.copies", _ => null, (answer, parsed) =>
        {
            var format = context.FormatOf(parsed, output);
            if (format == OutputFormat.Table) PrintTables(context.Terminal, answer);
            else DocumentPrinter.PrintValue(context.Terminal, answer, format);
        });
    }

    public static Command Drain(CliContext context)
    {
        var node = new Argument<string>("node") { HelpName = "NODE", Description = "A node's name, its id, or the beginning of that. A node that is gone for good is drained, too: its copies are made anew at once." };
        var cancel = new Option<bool>("--cancel") { Description = "The node takes copies again." };
        return Order(context, new("drain", "Move everything that a node has to others; then it may be stopped.") { node, cancel }, "cluster.drain",
            parsed => Document.Of(("node", parsed.GetValue(node)!), ("cancel", parsed.GetValue(cancel))),
            (answer, _) => context.Terminal.Say(answer["draining"].AsBool()
                ? $"{answer["name"].AsString()} is being drained of {answer["copies"].AsInt64()} copies; 'ingodb cluster status' shows how far it is"
                : $"{answer["name"].AsString()} takes copies again"));
    }

    public static Command Move(CliContext context)
    {
        var partition = PartitionOption();
        var from = new Option<string>("--from") { Description = "The node that has the copy.", HelpName = "NODE", Required = true };
        var to = new Option<string>("--to") { Description = "The node that shall have it.", HelpName = "NODE", Required = true };
        return Order(context, new("move", "Move one copy of a partition to another node; it is served all the time.") { partition, from, to }, "cluster.move",
            parsed => Document.Of(("partition", parsed.GetValue(partition)), ("from", parsed.GetValue(from)!), ("to", parsed.GetValue(to)!)),
            (answer, _) => context.Terminal.Say($"partition {answer["partition"].AsInt64()} moves; the old copy goes when the new one is in sync"));
    }

    public static Command ForcePrimary(CliContext context)
    {
        var partition = PartitionOption();
        var node = new Option<string>("--node") { Description = "The node whose copy shall lead.", HelpName = "NODE", Required = true };
        var accept = new Option<bool>("--accept-loss") { Description = "Yes, what the copy lacks is lost. Without it the command only says how much that is." };
        return Order(context, new("force-primary", "The last resort when no copy in sync is left: make a primary of another one. What it lacks is lost.") { partition, node, accept }, "cluster.force_primary",
            parsed => Document.Of(("partition", parsed.GetValue(partition)), ("node", parsed.GetValue(node)!), ("acceptLoss", parsed.GetValue(accept))),
            (answer, _) => context.Terminal.Say($"partition {answer["partition"].AsInt64()} is led by {answer["primary"].AsString()}; at least {answer["lostAtLeast"].AsInt64()} entries are lost"));
    }

    private static Option<int> PartitionOption() => new("--partition") { Description = "Its number.", HelpName = "N", Required = true };

    private static Command Order(CliContext context, Command command, string operation, Func<ParseResult, Document?> argumentOf, Action<Document, ParseResult> tell)
    {
        var connection = new ConnectionOptions();
        connection.AddTo(command);
        command.SetAction((parsed, cancellationToken) => context.RunAsync(connection.Choice(parsed), async database =>
        {
            tell(await database.AdminAsync(operation, argumentOf(parsed), cancellationToken).ConfigureAwait(false), parsed);
            return ExitCode.Ok;
        }, cancellationToken));
        return command;
    }

    private static void PrintTables(Terminal terminal, Document answer)
    {
        AdminCommands.PrintRows(terminal, answer["nodes"], OutputFormat.Table);
        var partitions = answer["partitions"].AsArray().ToArray().Select(row => row.AsDocument()).ToList();
        DocumentTable.Print(terminal, ["partition", "epoch", "primary", "in sync", "copies", "missing"], partitions.Select(partition => new[]
        {
            DocumentTable.Cell(partition["partition"]), DocumentTable.Cell(partition["epoch"]), DocumentTable.Cell(partition["primary"]),
            $"{DocumentTable.Cell(partition["inSync"])} of {DocumentTable.Cell(partition["wanted"])}", Copies(partition["copies"]), partition["missing"].Kind == ValueKind.String ? partition["missing"].AsString() : "",
        }));
        terminal.Say(answer["lacking"].AsInt64() is var lacking && lacking == 0 ? "nothing is missing" : $"{lacking} of {partitions.Count} partitions lack something");
    }

    /// <summary>One word a copy: <c>a*</c> leads, <c>b</c> is in sync, <c>c(-120)</c> is 120 entries behind, <c>d?</c> does not answer.</summary>
    private static string Copies(Value copies) => copies.Kind != ValueKind.Array ? "" : string.Join(' ', copies.AsArray().ToArray().Select(row => row.AsDocument()).Select(copy =>
        copy["name"].AsString()
        + (copy["role"].AsString() is "primary" ? "*" : copy["role"].AsString() is "follower" ? "" : $":{copy["role"].AsString()}")
        + (copy["state"].AsString() == "not answering" ? "?" : copy["inSync"].AsBool() ? "" : $"(-{DocumentTable.Cell(copy["behind"])})")));
}
