// The verb of ImportRun: which file, into which collection, from where. All refusals come before a byte is read: an
// import that was interrupted is never begun again by accident, and never resumed with another file.

using System.CommandLine;
using IngoDB.Cli.Connections;
using IngoDB.Cli.Importing;
using IngoDB.Cli.Output;
using IngoDB.Client;
using IngoDB.Model;

namespace IngoDB.Cli.Commands;

/// <summary><c>ingodb import FILE.jsonl</c>: one JSON object a line, streamed, resumable, nothing dropped unsaid.</summary>
internal static class ImportCommand
{
    public static Command Create(CliContext context)
    {
        var file = new Argument<string>("file") { Description = "A file with one JSON object a line." };
        file.Validators.Add(RequestSource.RefuseUnknownOption);
        var collection = new Option<string?>("--collection", "-c") { Description = "Where to. Default: the file's name without its extension.", HelpName = "NAME" };
        var idField = new Option<string?>("--id-field") { Description = "The field whose value becomes the _id (it stays in the document too). Default: _id, or an id is made.", HelpName = "FIELD" };
        var onConflict = new Option<OnConflict>("--on-conflict") { Description = "What to do with a document that is there already.", HelpName = "fail|skip|replace" };
        var resume = new Option<bool>("--resume") { Description = "Go on where an interrupted import of this file ended." };
        var connection = new ConnectionOptions();
        var command = new Command("import", "Import a file of JSON lines. Lines that cannot be imported go to FILE.rejects.jsonl (exit code 5).") { file, collection, idField, onConflict, resume };
        connection.AddTo(command);
        command.SetAction((parsed, cancellationToken) => context.RunAsync(async () =>
        {
            var path = parsed.GetRequiredValue(file);
            var options = new ImportOptions(path, parsed.GetValue(collection) ?? Path.GetFileNameWithoutExtension(path), parsed.GetValue(idField), parsed.GetValue(onConflict), parsed.GetValue(resume)) { Notes = NotesPlace.For(path) };
            var state = StateFor(options, context.Terminal);
            return await context.RunAsync(connection.Choice(parsed), database => RunAsync(context.Terminal, database, options, state, cancellationToken), cancellationToken).ConfigureAwait(false);
        }));
        return command;
    }

    private static async Task<int> RunAsync(Terminal terminal, IngoDatabase database, ImportOptions options, ImportState state, CancellationToken cancellationToken)
    {
        var import = new ImportRun(database.Collection(options.Collection), options, terminal);
        var summary = await import.RunAsync(state, cancellationToken).ConfigureAwait(false);
        terminal.Say($"{options.Collection}: {summary.Written} written, {summary.Skipped} skipped, {summary.Rejected} rejected, {summary.Lines} lines in {summary.Elapsed.TotalSeconds:0.0} s");
        if (summary.RejectsPath is { } rejects) terminal.Say($"  rejected lines, with reasons: {rejects}");
        if (!summary.Interrupted) return summary.Rejected > 0 ? ExitCode.Partial : ExitCode.Ok;
        terminal.Say($"interrupted after line {summary.Lines}; --resume goes on from there");
        return ExitCode.Failure;
    }

    /// <exception cref="InvalidRequestException"><c>import.unfinished</c>, <c>import.not_this_file</c>.</exception>
    private static ImportState StateFor(ImportOptions options, Terminal terminal)
    {
        var file = new FileInfo(options.Path);
        if (!file.Exists) throw new FileNotFoundException($"There is no file '{options.Path}'.", options.Path);
        if (options.Notes != options.Path) terminal.Say($"{file.DirectoryName} cannot be written; progress and rejects are kept in {Path.GetDirectoryName(options.Notes)}");
        var saved = ImportState.Load(options.Notes);
        if (!options.Resume)
        {
            return saved is null
                ? new ImportState(options.Collection, file.Length, NewSession(terminal.Time))
                : throw new InvalidRequestException("import.unfinished", $"An import of this file ended at line {saved.AckedLine}.", suggestion: $"--resume, or delete {ImportState.PathFor(options.Notes)} to begin again");
        }

        if (saved is null) throw new InvalidRequestException("import.nothing_to_resume", "No import of this file was interrupted.", suggestion: "Leave out --resume");
        if (saved.FileBytes != file.Length || saved.Collection != options.Collection)
            throw new InvalidRequestException("import.not_this_file", $"The interrupted import was of {saved.FileBytes} bytes into '{saved.Collection}'; this is {file.Length} bytes into '{options.Collection}'.");
        return saved;
    }

    private static Guid NewSession(TimeProvider time)
    {
        var random = new Random(System.Security.Cryptography.RandomNumberGenerator.GetInt32(int.MaxValue));
        return UuidV7.Create(time, random);
    }
}
