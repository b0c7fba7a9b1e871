// Three silos that die under load, what copies cost, and what more silos bring: real processes of this machine, a ledger of what was acknowledged.
//
//   dotnet run -c Release --project bench/Cluster -- [--experiments failover,cut,restart,overhead,scale] [--faults kill,handoff,stop] [--rounds N] [--megabytes N] [--seconds S] [--silos 1,2,4,8] [--json FILE]
//   dotnet run -c Release --project bench/Cluster -- report FILE --table PAGE [--table PAGE]

using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using IngoDB.ClusterBench;
using IngoDB.ClusterBench.Experiments;
using IngoDB.ClusterBench.Results;
using IngoDB.ClusterBench.Silos;
using IngoDB.ProductBench;

if (args is [BenchSilo.Command, ..])
{
    await BenchSilo.ServeAsync(args[1..]);
    return 0;
}

var defaults = new BenchOptions();
var all = new Dictionary<string, Func<BenchOptions, Action<Row>, CancellationToken, Task>>
{
    ["failover"] = Failovers.RunAsync,
    ["cut"] = Failovers.CutAsync,
    ["restart"] = TotalRestart.RunAsync,
    ["overhead"] = Overheads.RunAsync,
    ["scale"] = ScaleOut.RunAsync,
};
var experiments = List("--experiments", "Which, by comma.", [.. all.Keys]);
var faults = List("--faults", "Of the experiment failover, by comma.", defaults.Faults);
var silos = List("--silos", "Numbers of silos that are scaled over, by comma.", [.. defaults.Silos.Select(count => count.ToString(CultureInfo.InvariantCulture))]);
var rounds = new Option<int>("--rounds") { Description = "Kills; a half of that are hand-offs, a third processes that stand still and networks that are cut.", DefaultValueFactory = _ => defaults.Rounds, HelpName = "N" };
var megabytes = new Option<int>("--megabytes") { Description = "Acknowledged before the total restart.", DefaultValueFactory = _ => defaults.Megabytes, HelpName = "N" };
var seconds = new Option<double>("--seconds") { Description = "Of each measurement.", DefaultValueFactory = _ => defaults.Duration.TotalSeconds, HelpName = "S" };
var json = new Option<string?>("--json") { Description = "Write the rows to this file.", HelpName = "FILE" };
experiments.Validators.Add(result => Refuse(result, experiments, all.Keys));
faults.Validators.Add(result => Refuse(result, faults, defaults.Faults));
var root = new RootCommand("Three silos that die under load, what copies cost, and what more silos bring: real processes of this machine. All of it takes some minutes.") { experiments, faults, silos, rounds, megabytes, seconds, json };
root.SetAction((parsed, _) => RunAsync(parsed.GetValue(experiments)!, defaults with
{
    Rounds = parsed.GetValue(rounds),
    Megabytes = parsed.GetValue(megabytes),
    Duration = TimeSpan.FromSeconds(parsed.GetValue(seconds)),
    Faults = parsed.GetValue(faults)!,
    Silos = [.. parsed.GetValue(silos)!.Select(count => int.Parse(count, CultureInfo.InvariantCulture))],
}, parsed.GetValue(json)));

var (file, table) = (new Argument<string>("FILE") { Description = "Rows." }, new Option<string[]>("--table") { Description = "A page whose table is written anew.", HelpName = "PAGE" });
var reporting = new Command("report", "Writes measured rows into the tables of pages.") { file, table };
reporting.SetAction(parsed =>
{
    foreach (var page in parsed.GetValue(table) ?? []) Table.Put(page, Report.Load(parsed.GetValue(file)!));
});
root.Subcommands.Add(reporting);
return await root.Parse(args).InvokeAsync();

async Task<int> RunAsync(string[] chosen, BenchOptions options, string? path)
{
    using var stop = new CancellationTokenSource();
    // However it ends, silos do not outlive it: what is awaited is cancelled, and what is not caught would skip every `finally`.
    using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
    using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
    var (began, load, measured) = (Stopwatch.GetTimestamp(), Machine.Load, new List<Row>());
    try
    {
        foreach (var name in chosen) await all[name](options, Tell, stop.Token);
    }
    catch (Exception e)
    {
        // Whatever it was ends the run, and is told; what was measured is above.
        await Console.Error.WriteLineAsync(e.ToString());
        return 1;
    }

    var report = new Report(Machine.Description, TimeProvider.System.GetLocalNow().ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), load, Stopwatch.GetElapsedTime(began).TotalSeconds, measured);
    if (path is not null) report.Save(path);
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{report.Seconds:0} s"));
    return measured.TrueForAll(row => row.Experiment.StartsWith("the ledger", StringComparison.Ordinal) is false || row.Met == true) ? 0 : 1;

    void Stop(PosixSignalContext signal)
    {
        signal.Cancel = true;
        stop.Cancel();
    }

    void Tell(Row row)
    {
        measured.Add(row);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{row.Experiment,-62} {row.Silos,2} silos {row.Value,12:0.###} {row.Unit,-12} p50 {row.P50,10:0.#} p99 {row.P99,10:0.#} of {row.Runs,6}  {row.Must} {(row.Met is { } met ? met ? "met" : "NOT MET" : "")} {row.Note}"));
    }
}

static void Refuse(System.CommandLine.Parsing.OptionResult result, Option<string[]> option, IEnumerable<string> known)
{
    if (result.GetValue(option)!.Except(known).FirstOrDefault() is { } unknown) result.AddError($"{option.Name}: '{unknown}' is not one of {string.Join(", ", known)}.");
}

static Option<string[]> List(string name, string description, string[] all) => new(name)
{
    Description = description,
    CustomParser = result => [.. result.Tokens.SelectMany(token => token.Value.Split(',', StringSplitOptions.RemoveEmptyEntries))],
    DefaultValueFactory = _ => all,
    HelpName = "LIST",
};
