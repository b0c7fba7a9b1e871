// A cluster for development with one command and nothing installed: real processes, so that killing one of them shows
// what a user would see. Not for production; there the silos belong to a supervisor that survives this terminal.

using System.CommandLine;
using System.Globalization;
using System.Runtime.InteropServices;
using IngoDB.Cli.Clusters;
using IngoDB.Cli.Output;
using IngoDB.Silo;

namespace IngoDB.Cli.Commands;

/// <summary><c>ingodb cluster up</c>: a cluster of child processes on this machine, until Ctrl-C.</summary>
internal static class ClusterCommand
{
    private const int SilosMax = 32;

    public static Command Create(CliContext context) => new("cluster", "Start a cluster on this machine; look after the copies and nodes of a running one.")
    {
        Up(context),
        CopiesCommands.Status(context),
        CopiesCommands.Drain(context),
        CopiesCommands.Move(context),
        CopiesCommands.ForcePrimary(context),
    };

    private static Command Up(CliContext context)
    {
        var silos = new Option<int>("--silos") { Description = "How many silos (default 3).", DefaultValueFactory = _ => 3, HelpName = "N" };
        var copies = new Option<int>("--copies") { Description = "Copies of each partition of a new database, each on another silo (default 1).", DefaultValueFactory = _ => 1, HelpName = "N" };
        var data = new Option<string>("--data") { Description = $"Where they keep everything (default ./{SiloSettings.DefaultDirectory}).", DefaultValueFactory = _ => SiloSettings.DefaultDirectory, HelpName = "DIR" };
        silos.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 1 or > SilosMax) result.AddError($"--silos is a number from 1 to {SilosMax}.");
        });
        copies.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is var count && (count < 1 || count > result.GetValue(silos))) result.AddError("--copies is a number from 1 to the number of silos: two copies on one silo would be lost together.");
        });
        var command = new Command("up", "Start silos as child processes; one that dies is started again over its data. Ctrl-C stops them in order.") { silos, copies, data };
        command.SetAction((parsed, cancellationToken) => context.RunAsync(async () =>
        {
            var directory = Path.GetFullPath(parsed.GetRequiredValue(data));
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            using var hangUp = OperatingSystem.IsWindows() ? null : PosixSignalRegistration.Create(PosixSignal.SIGHUP, signal =>
            {
                signal.Cancel = true;
                stop.Cancel();
            });
            context.Terminal.Out.WriteLine(Path.Combine(directory, "cluster"));
            context.Terminal.Say("the folder above is the cluster's: 'ingodb status --cluster' with it, or UseIngoDBFileClustering in a service");
            // Not said is not one: the environment may say it.
            var more = parsed.GetValue(copies) is var count && count == 1 ? [] : new Dictionary<string, string?> { ["IngoDB:Copies"] = count.ToString(CultureInfo.InvariantCulture) };
            await new SiloProcesses(directory, parsed.GetValue(silos), more, context.Terminal).RunAsync(stop.Token).ConfigureAwait(false);
            return ExitCode.Ok;
        }));
        return command;
    }
}
