using System.CommandLine;
using IngoDB.Cli.Connections;
using IngoDB.Cli.Demo;

namespace IngoDB.Cli.Commands;

/// <summary>Hidden: the child of the demo that writes until it is killed, and says each acknowledged batch on stdout.</summary>
internal static class DemoWriterCommand
{
    public static Command Create(CliContext context)
    {
        var data = new Option<string>("--data") { Required = true };
        var command = new Command("demo-writer", "Writes until it is killed.") { data };
        command.Hidden = true;
        command.SetAction((parsed, cancellationToken) => context.RunAsync(async () =>
        {
            var cluster = await EmbeddedCluster.StartAsync(parsed.GetRequiredValue(data), silos: 1, cancellationToken).ConfigureAwait(false);
            await using (cluster.ConfigureAwait(false))
            {
                var ledger = cluster.Database.Collection(CrashLedger.Collection);
                for (var from = 0; ; from += CrashLedger.BatchDocuments)
                {
                    var batch = Enumerable.Range(from, CrashLedger.BatchDocuments).Select(CrashLedger.Entry);
                    (await ledger.InsertManyAsync(batch, cancellationToken: cancellationToken).ConfigureAwait(false)).EnsureApplied();
                    await context.Terminal.Out.WriteLineAsync(CrashLedger.AckedLine(from + CrashLedger.BatchDocuments)).ConfigureAwait(false);
                    await context.Terminal.Out.FlushAsync(cancellationToken).ConfigureAwait(false);
                }
            }
        }));
        return command;
    }
}
