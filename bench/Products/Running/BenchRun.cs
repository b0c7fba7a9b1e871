// All repetitions of all phases through all engines. Engines take turns phase by phase, in an order that turns too, so that what
// slows the machine for a while slows all of them; before each turn the disk's queue is emptied. A failed or wrong engine is
// left out from there on, and the run ends with an error.
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace IngoDB.ProductBench;

/// <summary>What was asked for on the command line.</summary>
internal sealed record RunOptions(long Documents, IReadOnlyList<StoreKind> Engines, int Repetitions, IReadOnlyList<string>? Phases, bool Durable, string? Postgres, string? Json, string? Plot)
{
    /// <summary>The server that this run started.</summary>
    public int? PostgresProcess { get; init; }

    public bool Wants(string phase) => Phases is null || phase is "ingest" or "update" or "settle" || Phases.Contains(phase);
}

/// <summary>One start of the benchmark.</summary>
internal sealed partial class BenchRun(RunOptions options)
{
    private const string Recovery = "recovery";
    private readonly RowCollector _rows = new(options);
    private readonly List<string> _failures = [];
    private readonly long _began = Stopwatch.GetTimestamp();

    public Task<int> RunAsync(CancellationToken cancellationToken) => Task.Run(() => Run(cancellationToken), cancellationToken);

    private int Run(CancellationToken cancellationToken)
    {
        Say($"{Machine.Description}, load {Machine.Load}");
        if (options.Postgres == PostgresServer.Auto)
        {
            using var server = PostgresServer.Start();
            return new BenchRun(options with { Postgres = server.Connection, PostgresProcess = server.Id }).RunAll(cancellationToken);
        }

        return RunAll(cancellationToken);
    }

    private int RunAll(CancellationToken cancellationToken)
    {
        for (var repetition = 1; repetition <= options.Repetitions; repetition++)
        {
            var folder = Directory.CreateTempSubdirectory("ingodb-products-").FullName;
            try
            {
                RunOnce(repetition, folder, cancellationToken);
            }
            finally
            {
                Directory.Delete(folder, recursive: true);
            }
        }

        var rows = _rows.Summarize();
        _failures.AddRange(_rows.Disagreements);
        ReportTable.Print(rows, Console.Out);
        if (options.Json is { } json) ResultFile.Write(json, rows);
        if (options.Plot is { } plot) Plots.Write(plot, rows);
        foreach (var failure in _failures) Say($"FAILED {failure}");
        Say($"{Stopwatch.GetElapsedTime(_began).TotalSeconds:N0} s");
        return _failures.Count == 0 ? 0 : 1;
    }

    private void RunOnce(int repetition, string folder, CancellationToken cancellationToken)
    {
        var children = new List<ChildProcess>();
        try
        {
            children.AddRange(StartAll(repetition, folder));
            foreach (var phase in AllPhases.InOrder)
                if (options.Wants(phase.Name))
                    foreach (var child in InTurn(children, repetition))
                    {
                        cancellationToken.ThrowIfCancellationRequested();
                        if (child.Kind.Can(phase.Needs) && !Try(() => Perform(child, phase.Name, repetition))) Drop(children, child);
                    }

            if (options.Wants(Recovery))
                foreach (var child in InTurn(children, repetition))
                    if (child.Kind.Can(Abilities.Recovers)) Try(() => Recover(child, repetition, folder));
        }
        finally
        {
            foreach (var child in children) child.Dispose();
        }
    }

    /// <summary>As many at a time as there are processors: nothing is timed yet.</summary>
    private IEnumerable<ChildProcess> StartAll(int repetition, string folder)
    {
        var started = new ChildProcess?[options.Engines.Count];
        Parallel.For(0, started.Length, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount }, i => Try(() => started[i] = Start(options.Engines[i], repetition, folder, reopen: false)));
        return started.OfType<ChildProcess>();
    }

    private ChildProcess Start(StoreKind kind, int repetition, string folder, bool reopen)
    {
        var began = Stopwatch.GetTimestamp();
        var child = new ChildProcess(kind, Path.Combine(folder, kind.Name), options, reopen, kind.Name == "postgres" ? options.PostgresProcess : null);
        Say($"{repetition}/{options.Repetitions} {kind.Name} warm after {Stopwatch.GetElapsedTime(began).TotalSeconds:N1} s");
        return child;
    }

    private void Perform(ChildProcess child, string what, int repetition)
    {
        SyncAll();
        var began = Stopwatch.GetTimestamp();
        var (measures, foreign) = child.Perform(what);
        var notes = string.Concat(measures.Select(m => m.Note).OfType<string>().Distinct().Select(note => $"  [{note}]"));
        foreach (var measure in measures) _rows.Add(child.Kind.Name, measure, foreign);
        Say($"{repetition}/{options.Repetitions} {child.Kind.Name,-15}{string.Join("  ", measures.Select(m => $"{m.Phase} {ReportTable.Format(m.Value)} {m.Unit}"))}{notes}   ({Stopwatch.GetElapsedTime(began).TotalSeconds:N1} s, others {foreign:P0})");
    }

    private void Recover(ChildProcess child, int repetition, string folder)
    {
        child.Perform(ChildLoop.Prepare);
        child.Dispose();
        using var next = Start(child.Kind, repetition, folder, reopen: true);
        Perform(next, ChildLoop.Reopen, repetition);
    }

    private static IEnumerable<ChildProcess> InTurn(List<ChildProcess> children, int repetition)
    {
        var all = children.ToArray();
        for (var i = 0; i < all.Length; i++) yield return all[(i + repetition - 1) % all.Length];
    }

    private static void Drop(List<ChildProcess> children, ChildProcess child)
    {
        children.Remove(child);
        child.Dispose();
    }

    private bool Try(Action act)
    {
        try
        {
            act();
            return true;
        }
        catch (ChildMissingException e)
        {
            Say($"left out: {e.Message}");
            return false;
        }
        catch (ChildFailedException e)
        {
            Say($"FAILED {e.Message}");
            lock (_failures) _failures.Add(e.Message);
            return false;
        }
    }

    private void Say(string line) => Console.Error.WriteLine($"[{Stopwatch.GetElapsedTime(_began).TotalSeconds,5:N0} s] {line}");

    [LibraryImport("libc", EntryPoint = "sync")]
    private static partial void SyncAll();
}
