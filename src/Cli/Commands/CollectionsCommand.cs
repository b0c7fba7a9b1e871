// Collections by hand: what there is and how it looks, and their lives. Dropping asks nothing and is told by --yes, so that a
// script says what it means and a slip of the hand does nothing.

using System.CommandLine;
using IngoDB.Cli.Connections;
using IngoDB.Cli.Output;
using IngoDB.Client;
using IngoDB.Model;

namespace IngoDB.Cli.Commands;

/// <summary><c>ingodb collections list|create|configure|rename|drop|stats</c>.</summary>
internal static class CollectionsCommand
{
    public static Command Create(CliContext context) => new("collections", "What collections there are; make, configure, rename, drop them; their statistics.")
    {
        List(context),
        WithOptions(context, "create", "Makes a collection with options. (One without is made by the first write.)"),
        WithOptions(context, "configure", "Gives a collection other options, for writes from now on."),
        Rename(context),
        Drop(context),
        Stats(context),
    };

    private static Command List(CliContext context)
    {
        var output = CliContext.OutputOption();
        return Verb(context, new("list", "All collections and their options.") { output }, async (parsed, database, cancellationToken) =>
        {
            var answer = await database.AdminAsync("collections.list", null, cancellationToken).ConfigureAwait(false);
            AdminCommands.PrintRows(context.Terminal, answer["collections"], context.FormatOf(parsed, output));
        });
    }

    private static Command WithOptions(CliContext context, string verb, string description)
    {
        var name = Name();
        var ttl = new Option<double?>("--ttl-seconds") { Description = "Documents end so long after their latest write, unless they have _expires.", HelpName = "SECONDS" };
        var buffered = new Option<bool?>("--buffered") { Description = "true: writes are acknowledged before they are on disk; false: after. Default: as the database does it.", HelpName = "true|false" };
        return Verb(context, new(verb, description) { name, ttl, buffered }, async (parsed, database, cancellationToken) =>
        {
            var options = new CollectionOptions { TimeToLive = parsed.GetValue(ttl) is { } seconds ? TimeSpan.FromSeconds(seconds) : null, Buffered = parsed.GetValue(buffered) };
            var made = verb == "create"
                ? await database.Collections.CreateAsync(parsed.GetRequiredValue(name), options, cancellationToken).ConfigureAwait(false)
                : await database.Collections.ConfigureAsync(parsed.GetRequiredValue(name), options, cancellationToken).ConfigureAwait(false);
            context.Terminal.Say($"{made.Name} is collection {made.Id}");
        });
    }

    private static Command Rename(CliContext context)
    {
        var name = Name();
        var to = new Argument<string>("NEW-NAME") { Description = "A name that no collection has." };
        return Verb(context, new("rename", "Gives a collection another name; documents and indexes stay.") { name, to }, async (parsed, database, cancellationToken) =>
        {
            var renamed = await database.Collections.RenameAsync(parsed.GetRequiredValue(name), parsed.GetRequiredValue(to), cancellationToken).ConfigureAwait(false);
            context.Terminal.Say($"{parsed.GetRequiredValue(name)} is {renamed.Name} now");
        });
    }

    private static Command Drop(CliContext context)
    {
        var name = Name();
        var yes = new Option<bool>("--yes") { Description = "Really: all its documents are gone at once." };
        return Verb(context, new("drop", "Drops a collection and all its documents.") { name, yes }, async (parsed, database, cancellationToken) =>
        {
            if (!parsed.GetValue(yes)) throw new InvalidRequestException("cli.not_confirmed", $"Nothing was dropped: say --yes to drop '{parsed.GetRequiredValue(name)}' and all its documents.", suggestion: "--yes");
            var existed = await database.Collections.DropAsync(parsed.GetRequiredValue(name), cancellationToken).ConfigureAwait(false);
            context.Terminal.Say(existed ? $"{parsed.GetRequiredValue(name)} is dropped" : $"there was no {parsed.GetRequiredValue(name)}");
        });
    }

    private static Command Stats(CliContext context)
    {
        var name = Name();
        var output = CliContext.OutputOption();
        return Verb(context, new("stats", "Documents, bytes, shapes; per field presence, types, range, about how many different values.") { name, output }, async (parsed, database, cancellationToken) =>
        {
            var answer = await database.Collections.StatisticsAsync(parsed.GetRequiredValue(name), cancellationToken).ConfigureAwait(false);
            var format = context.FormatOf(parsed, output);
            if (format != OutputFormat.Table)
            {
                DocumentPrinter.PrintValue(context.Terminal, answer, format);
                return;
            }

            context.Terminal.Say($"{answer["name"].AsString()}: {answer["documents"].AsInt64():N0} documents, {answer["bytes"].AsInt64():N0} bytes, {answer["shapeCount"].AsInt64():N0} shapes");
            AdminCommands.PrintRows(context.Terminal, answer["fields"], format);
        });
    }

    private static Argument<string> Name() => new("NAME") { Description = "The collection." };

    private static Command Verb(CliContext context, Command command, Func<ParseResult, IngoDatabase, CancellationToken, Task> run)
    {
        var connection = new ConnectionOptions();
        connection.AddTo(command);
        command.SetAction((parsed, cancellationToken) => context.RunAsync(connection.Choice(parsed), async database =>
        {
            await run(parsed, database, cancellationToken).ConfigureAwait(false);
            return ExitCode.Ok;
        }, cancellationToken));
        return command;
    }
}
