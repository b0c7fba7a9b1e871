// Three silos that die under load, what copies cost, and what more silos bring: real processes of this machine, a ledger of what was acknowledged.
//
//   dotnet run -c Release --project bench/Cluster -- [--experiments failover,cut,restart,overhead,scale] [--faults kill,handoff,stop] [--rounds N] [--megabytes N] [--seconds S] [--silos 1,2,4,8] [--json FILE]
//   dotnet run -c Release --project bench/Cluster -- report FILE --table PAGE [--table PAGE]

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

if (args is ["report", var rows, ..])
{
    foreach (var at in Enumerable.Range(2, args.Length - 2).Where(i => args[i - 1] == "--table")) Table.Put(args[at], Report.Load(rows));
    return 0;
}

var options = new BenchOptions();
options = options with
{
    Rounds = Number("--rounds") ?? options.Rounds,
    Megabytes = Number("--megabytes") ?? options.Megabytes,
    Duration = Option("--seconds") is { } seconds ? TimeSpan.FromSeconds(double.Parse(seconds, CultureInfo.InvariantCulture)) : options.Duration,
    Faults = Option("--faults")?.Split(',') ?? options.Faults,
    Silos = Option("--silos")?.Split(',').Select(count => int.Parse(count, CultureInfo.InvariantCulture)).ToArray() ?? options.Silos,
};
var experiments = new Dictionary<string, Func<BenchOptions, Action<Row>, CancellationToken, Task>>
{
    ["failover"] = Failovers.RunAsync,
    ["cut"] = Failovers.CutAsync,
    ["restart"] = TotalRestart.RunAsync,
    ["overhead"] = Overheads.RunAsync,
    ["scale"] = ScaleOut.RunAsync,
};
var chosen = Option("--experiments")?.Split(',') ?? [.. experiments.Keys];
using var stop = new CancellationTokenSource();
// However it ends, silos do not outlive it: what is awaited is cancelled, and what is not caught would skip every `finally`.
using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
var (began, load, measured) = (Stopwatch.GetTimestamp(), Machine.Load, new List<Row>());
try
{
    foreach (var name in chosen) await experiments[name](options, Tell, stop.Token);
}
catch (Exception e)
{
    await Console.Error.WriteLineAsync(e.ToString());
    return 1;
}

var report = new Report(Machine.Description, TimeProvider.System.GetLocalNow().ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), load, Stopwatch.GetElapsedTime(began).TotalSeconds, measured);
if (Option("--json") is { } path) report.Save(path);
Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{report.Seconds:0} s"));
return measured.TrueForAll(row => row.Experiment.StartsWith("the ledger", StringComparison.Ordinal) is false || row.Met == true) ? 0 : 1;

void Stop(PosixSignalContext signal)
{
    signal.Cancel = true;
    stop.Cancel();
}

string? Option(string name) => Array.IndexOf(args, name) is >= 0 and var at && at + 1 < args.Length ? args[at + 1] : null;

int? Number(string name) => Option(name) is { } number ? int.Parse(number, CultureInfo.InvariantCulture) : null;

void Tell(Row row)
{
    measured.Add(row);
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{row.Experiment,-62} {row.Silos,2} silos {row.Value,12:0.###} {row.Unit,-12} p50 {row.P50,10:0.#} p99 {row.P99,10:0.#} of {row.Runs,6}  {row.Must} {(row.Met is { } met ? met ? "met" : "NOT MET" : "")} {row.Note}"));
}
