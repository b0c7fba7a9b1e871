// ingodb learn: what the database learns by itself, and the ways to say no. Everything is an operation of the database by
// name, so the same can be done from the client and by agents.

using System.CommandLine;
using IngoDB.Cli.Connections;
using IngoDB.Cli.Output;
using IngoDB.Client;
using IngoDB.Model;

namespace IngoDB.Cli.Commands;

/// <summary><c>ingodb learn on|suggest|off|log|whatif|rules|pin|unpin|ban|unban|advance|export|apply</c>.</summary>
internal static class LearnCommand
{
    public static Command Create(CliContext context) => new("learn", "What is learned from queries: switch it, limit it, read its decisions, take a design to another cluster.")
    {
        Switch(context, "on", "Indexes are built and dropped by themselves."),
        Switch(context, "suggest", "It says what it would do (learn log) and does nothing."),
        Switch(context, "off", "Queries are counted and nothing is decided."),
        Budget(context),
        AdminCommands.OfCollection(context, "rules", "learning.rules", "rules", "Whether it learns, pins, bans and budgets of each collection."),
        AdminCommands.OfCollection(context, "log", "learning.log", "decisions", "Decisions: cause, evidence, price, and the effect that was measured."),
        AdminCommands.OfCollection(context, "whatif", "learning.whatif", "candidates", "What indexes that are not there would have saved, and when each would be built."),
        AdminCommands.OfCollection(context, "advance", "learning.advance", "decisions", "Look at once at what was asked so far, and decide."),
        OfIndex(context, "pin", "Build an index whatever the evidence, and keep it."),
        OfIndex(context, "unpin", "From now on it has to pay like any other."),
        OfIndex(context, "ban", "Drop an index and never build it again."),
        OfIndex(context, "unban", "It may be learned again."),
        Export(context),
        Apply(context),
    };

    private static Command Switch(CliContext context, string learning, string description)
    {
        var collection = CollectionOption();
        return Order(context, new(learning, description) { collection }, async (database, parsed, cancellationToken) =>
            await database.Learning.SetAsync(Document.Of(("learning", learning)), parsed.GetValue(collection), cancellationToken).ConfigureAwait(false));
    }

    private static Command Budget(CliContext context)
    {
        var collection = CollectionOption();
        var bytes = new Option<long?>("--bytes") { Description = "For all learned indexes of a collection together; -1 for no limit.", HelpName = "N" };
        var share = new Option<double?>("--upkeep-share") { Description = "Of the collection's recent work that upkeep may be, 0 to 1.", HelpName = "S" };
        return Order(context, new("budget", "Limit the space and the upkeep of learned indexes.") { collection, bytes, share }, async (database, parsed, cancellationToken) =>
        {
            var rules = new DocumentBuilder();
            if (parsed.GetValue(bytes) is { } bytesMax) rules.Add("bytesMax", bytesMax == -1 ? Value.Null : bytesMax);
            if (parsed.GetValue(share) is { } shareMax) rules.Add("upkeepShareMax", shareMax);
            await database.Learning.SetAsync(rules.Build(), parsed.GetValue(collection), cancellationToken).ConfigureAwait(false);
        });
    }

    private static Command OfIndex(CliContext context, string act, string description)
    {
        var collection = new Argument<string>("collection") { HelpName = "COLLECTION" };
        var path = new Argument<string>("path") { HelpName = "PATH", Description = "E.g. year, cast[], genre+year." };
        return Order(context, new(act, description) { collection, path }, async (database, parsed, cancellationToken) =>
            await database.AdminAsync($"indexes.{act}", Document.Of(("collection", parsed.GetValue(collection)!), ("path", parsed.GetValue(path)!)), cancellationToken).ConfigureAwait(false));
    }

    private static Command Export(CliContext context)
    {
        var collection = CollectionOption();
        return Order(context, new("export", "Print indexes and rules as JSON that people can review and another cluster can apply.") { collection }, async (database, parsed, cancellationToken) =>
        {
            var design = await database.Learning.ExportAsync(parsed.GetValue(collection), cancellationToken).ConfigureAwait(false);
            await context.Terminal.Out.WriteLineAsync(design.AsMemory(), cancellationToken).ConfigureAwait(false);
        });
    }

    private static Command Apply(CliContext context)
    {
        var source = new Argument<string?>("design") { HelpName = "FILE", Arity = ArgumentArity.ZeroOrOne, Description = "A file with a design, or '-' for stdin (the default)." };
        source.Validators.Add(RequestSource.RefuseUnknownOption);
        var exact = new Option<bool>("--exact") { Description = "Drop indexes that are not in the design." };
        return Order(context, new("apply", "Make rules and indexes those of a design.") { source, exact }, async (database, parsed, cancellationToken) =>
        {
            var design = await RequestSource.TextAsync(context.Terminal, parsed.GetValue(source), cancellationToken).ConfigureAwait(false);
            await database.Learning.ApplyAsync(design, parsed.GetValue(exact), cancellationToken).ConfigureAwait(false);
        });
    }

    private static Option<string?> CollectionOption() => new("--collection", "-c") { Description = "Only of this collection.", HelpName = "NAME" };

    private static Command Order(CliContext context, Command command, Func<IngoDatabase, ParseResult, CancellationToken, Task> act)
    {
        var connection = new ConnectionOptions();
        connection.AddTo(command);
        command.SetAction((parsed, cancellationToken) => context.RunAsync(connection.Choice(parsed), async database =>
        {
            await act(database, parsed, cancellationToken).ConfigureAwait(false);
            return ExitCode.Ok;
        }, cancellationToken));
        return command;
    }
}
