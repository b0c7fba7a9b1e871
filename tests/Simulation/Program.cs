// Replication under every fault there is, in virtual time:
//
//   dotnet run -c Release --project tests/Simulation -- --seeds 2000 [--seed 1] [--mutant NAME] [--json FILE [--resume]]
//
// Many seeds are run in pieces; after each the file has the sums so far, so that --resume goes on behind what it has.
// One seed is one run of at least 60 virtual seconds and the same run every time. A violation prints the command that replays
// it; the exit code is 1 then (with a mutant: 1 when it was NOT found). --trace tells a single seed event by event, --mutants
// lists the wrong protocols, --hunt looks for the first seed that shows each of them (--outside: to clients, without a look into disks and logs).

using System.Diagnostics;
using System.Globalization;
using IngoDB.Simulation.Mutants;
using IngoDB.Simulation.Running;

const int PieceSeeds = 1000;

string? Option(string name) => Array.IndexOf(args, name) is var at and >= 0 && at + 1 < args.Length ? args[at + 1] : null;

if (args.Contains("--mutants"))
{
    foreach (var each in AllMutants.Random.Concat(AllMutants.Directed)) Console.WriteLine($"{each.Name,-32}{each.Wrong}");
    return 0;
}

if (args.Contains("--hunt"))
{
    foreach (var each in AllMutants.Random.Where(m => Option("--mutant") is not { } name || name == m.Name))
    {
        var hunted = Stopwatch.GetTimestamp();
        var found = MutantHunt.Find(each, int.Parse(Option("--seeds") ?? "2000", CultureInfo.InvariantCulture), looksInside: !args.Contains("--outside"));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{each.Name,-32}{(found is null ? "NOT FOUND" : $"seed {found.Seed}: {found.Violation}")} ({Stopwatch.GetElapsedTime(hunted).TotalSeconds:F1} s)"));
    }

    return 0;
}

var seeds = int.Parse(Option("--seeds") ?? "100", CultureInfo.InvariantCulture);
var first = long.Parse(Option("--seed") ?? "1", CultureInfo.InvariantCulture);
var mutant = AllMutants.Find(Option("--mutant") ?? "none");
if (args.Contains("--trace"))
{
    var traced = SimulationRun.Run(first, mutant, line => Console.WriteLine(line.Replace("IngoDB.Replication.", "", StringComparison.Ordinal)));
    Console.WriteLine(traced);
    return traced.Violation is null ? 0 : 1;
}

var began = Stopwatch.GetTimestamp();
var json = Option("--json");
var report = SweepReport.Of(mutant, []) with { First = first };
if (args.Contains("--resume") && json is not null && File.Exists(json) && SweepReport.FromJson(File.ReadAllText(json)) is { } before)
{
    if (before.Mutant != mutant.Name || before.First != first)
    {
        Console.Error.WriteLine($"{json} is of mutant '{before.Mutant}' from seed {before.First} on; this is another sweep.");
        return 2;
    }

    report = before;
}

// In pieces: what was found is written, and nothing but sums is kept.
for (var atBegin = report.Seeds; report.Seeds < seeds;)
{
    report = report.Plus(SweepReport.Of(mutant, SeedSweep.Run(first + report.Seeds, Math.Min(PieceSeeds, seeds - report.Seeds), mutant)));
    if (json is not null)
    {
        File.WriteAllText(json + ".new", report.ToJson());
        File.Move(json + ".new", json, overwrite: true);
    }

    var perSecond = (report.Seeds - atBegin) / Stopwatch.GetElapsedTime(began).TotalSeconds;
    if (seeds > PieceSeeds) Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{report.Seeds} of {seeds} seeds, {report.Violations.Count} violations, {perSecond:F0} seeds/s, {TimeSpan.FromSeconds((seeds - report.Seeds) / perSecond):hh\\:mm\\:ss} to go"));
}

var elapsed = Stopwatch.GetElapsedTime(began);
Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{report.Seeds} seeds, {report.VirtualSeconds:F0} virtual seconds in {elapsed.TotalSeconds:F1} s, {report.AcknowledgedWrites} acknowledged writes, {report.TakeOvers} take-overs, {report.Crashes} crashes, {report.DiskLosses} disk losses, {report.Violations.Count} violations"));
foreach (var violation in report.Violations.Take(20)) Console.WriteLine($"  seed {violation.Seed}: {violation.Violation}\n    {violation.Replay}");
return (report.Violations.Count > 0) == (mutant == Mutant.None) ? 1 : 0;
