using System.CommandLine;
using System.Globalization;
using IngoDB.Cli.Demo;

namespace IngoDB.Cli.Commands;

/// <summary><c>ingodb demo</c>: a guided run that measures, and checks every answer.</summary>
internal static class DemoCommand
{
    public static Command Create(CliContext context)
    {
        var documents = new Option<int>("--docs") { Description = $"Generated products (default {DemoOptions.DocumentsDefault}).", DefaultValueFactory = _ => DemoOptions.DocumentsDefault, HelpName = "N" };
        var json = new Option<string?>("--json") { Description = "Write the figures to this file, for machines.", HelpName = "FILE" };
        documents.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() < DemoOptions.DocumentsMin) result.AddError(string.Create(CultureInfo.InvariantCulture, $"--docs needs at least {DemoOptions.DocumentsMin}."));
        });
        var command = new Command("demo", "Three silos in this process, generated data, every step measured and every answer checked. Leaves nothing behind.") { documents, json };
        command.SetAction((parsed, cancellationToken) => context.RunAsync(() =>
            new DemoRun(new DemoOptions(parsed.GetValue(documents), parsed.GetValue(json)), context.Terminal).RunAsync(cancellationToken)));
        return command;
    }
}
