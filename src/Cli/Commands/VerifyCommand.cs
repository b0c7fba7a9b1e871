// The verb of EngineVerifier, over every partition found below a folder. It says what was looked at as well as what is
// wrong: "no findings" over no files would be a lie that looks like peace of mind.

using System.CommandLine;
using IngoDB.Cli.Output;
using IngoDB.Engine.Verification;
using IngoDB.Model;

namespace IngoDB.Cli.Commands;

/// <summary><c>ingodb verify PATH</c>: reads every byte that is on disk and says what is not as it was written. Changes nothing.</summary>
internal static class VerifyCommand
{
    public static Command Create(CliContext context)
    {
        var path = new Argument<string>("path") { Description = "A data folder; every partition in it is verified. The silos on it must be stopped." };
        path.Validators.Add(RequestSource.RefuseUnknownOption);
        var output = CliContext.OutputOption();
        var command = new Command("verify", "Check every block, row, index entry and log record of a data folder at rest (exit code 1 when something is damaged).") { path, output };
        command.SetAction((parsed, cancellationToken) => context.RunAsync(() => Task.FromResult(Run(context.Terminal, parsed.GetRequiredValue(path), context.FormatOf(parsed, output), cancellationToken))));
        return command;
    }

    private static int Run(Terminal terminal, string path, OutputFormat format, CancellationToken cancellationToken)
    {
        if (!Directory.Exists(path)) throw new DirectoryNotFoundException($"There is no folder '{path}'.");
        var folders = Directory.EnumerateDirectories(path, "*", SearchOption.AllDirectories).Prepend(path).Where(folder => EngineVerifier.IsEngineFolder(folder)).Order(StringComparer.Ordinal).ToList();
        if (folders.Count == 0) throw new DirectoryNotFoundException($"There is no data of IngoDB in '{path}'.");
        var progress = new ProgressLine(terminal, "verify");
        var reports = new List<VerificationReport>();
        foreach (var folder in folders)
        {
            reports.Add(EngineVerifier.Verify(folder, cancellationToken: cancellationToken));
            progress.Report((double)reports.Count / folders.Count, reports.Count, "folders", "");
        }

        Print(terminal, path, reports, format);
        var damages = reports.Sum(report => report.Findings.Count);
        terminal.Say(damages == 0 ? $"sound: {folders.Count} folders" : $"DAMAGED: {damages} findings in {reports.Count(report => !report.IsSound)} of {folders.Count} folders");
        return damages == 0 ? ExitCode.Ok : ExitCode.Failure;
    }

    private static void Print(Terminal terminal, string root, List<VerificationReport> reports, OutputFormat format)
    {
        if (format == OutputFormat.Table)
        {
            DocumentTable.Print(terminal, ["folder", "tables", "rows", "indexes", "entries", "log records", "stray", "findings"], reports.Select(report => (string[])
            [
                Path.GetRelativePath(root, report.Folder), Text(report.Tables), Text(report.Rows), Text(report.Indexes), Text(report.IndexEntries), Text(report.LogRecords), Text(report.StrayFiles.Count), Text(report.Findings.Count),
            ]));
            foreach (var finding in reports.SelectMany(report => report.Findings)) terminal.Out.WriteLine($"{finding.File} at offset {Text(finding.Offset)}: {finding.Detail}");
            return;
        }

        var rows = reports.Select(report => ToDocument(root, report)).ToList();
        if (format == OutputFormat.Json) DocumentPrinter.PrintValue(terminal, Document.Of(("rows", Value.From([.. rows.Select(Value.From)]))), format);
        else foreach (var row in rows) DocumentPrinter.PrintValue(terminal, row, format);
    }

    private static Document ToDocument(string root, VerificationReport report) => Document.Of(
        ("folder", Path.GetRelativePath(root, report.Folder)),
        ("sound", report.IsSound),
        ("tables", report.Tables),
        ("rows", report.Rows),
        ("indexes", report.Indexes),
        ("indexEntries", report.IndexEntries),
        ("logRecords", report.LogRecords),
        ("tornTail", report.TornTail is { } torn ? Value.From(torn) : Value.Null),
        ("strayFiles", Value.From([.. report.StrayFiles.Select(Value.From)])),
        ("findings", Value.From([.. report.Findings.Select(finding => Value.From(Document.Of(("file", finding.File), ("offset", finding.Offset), ("detail", finding.Detail))))])));

    private static string Text(long number) => number.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
