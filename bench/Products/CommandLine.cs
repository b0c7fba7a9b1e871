using System.CommandLine;

namespace IngoDB.ProductBench;

/// <summary>The three ways to start this program.</summary>
internal static class CommandLine
{
    public static RootCommand Create()
    {
        var docs = new Option<long>("--docs") { Description = "How many products; a multiple of 1,000.", DefaultValueFactory = _ => 1_000_000, HelpName = "N" };
        var engines = new Option<string>("--engines") { Description = $"Which engines, by comma: {string.Join(",", StoreKinds.All.Select(kind => kind.Name))}.", DefaultValueFactory = _ => "ingodb,rocksdb,sqlite,sqlite-indexed,zonetree,lmdb,duckdb" };
        var reps = new Option<int>("--reps") { Description = "How often everything is repeated; the figures are medians.", DefaultValueFactory = _ => 3, HelpName = "R" };
        var phases = new Option<string?>("--phases") { Description = $"Only these phases, by comma: {string.Join(",", AllPhases.InOrder.Select(phase => phase.Name))},recovery. Ingest, update and settle always run." };
        var durable = new Option<bool>("--durable") { Description = "Ingest and updates are acknowledged after a sync of the disk, in every engine that can." };
        var postgres = new Option<string?>("--postgres") { Description = "A PostgreSQL server, for the engine of that name: a connection string, or 'auto' to start the one that is installed, for this run only.", HelpName = "CONNECTION" };
        var json = new Option<string?>("--json") { Description = "Write the rows to this file.", HelpName = "FILE" };
        var plot = new Option<string?>("--plot") { Description = "Write SVG plots into this folder.", HelpName = "DIR" };
        var root = new RootCommand("The products of the original's benchmark, through every engine, answers checked.") { docs, engines, reps, phases, durable, postgres, json, plot, Report(), Child() };
        root.SetAction((parsed, cancellationToken) => new BenchRun(new RunOptions(
            parsed.GetValue(docs), [.. parsed.GetValue(engines)!.Split(',', StringSplitOptions.TrimEntries).Select(StoreKinds.Named)], parsed.GetValue(reps), parsed.GetValue(phases)?.Split(','),
            parsed.GetValue(durable), parsed.GetValue(postgres), parsed.GetValue(json), parsed.GetValue(plot))).RunAsync(cancellationToken));
        return root;
    }

    private static Command Report()
    {
        var files = new Argument<string[]>("files") { Description = "Files that --json wrote; of a figure that several have, the last one's counts." };
        var tables = new Option<string[]>("--table") { Description = "Rewrite the marked regions of this page; may be said again.", HelpName = "FILE" };
        var plot = new Option<string?>("--plot") { Description = "Write SVG plots into this folder.", HelpName = "DIR" };
        var command = new Command("report", "Makes tables and plots from measured rows.") { files, tables, plot };
        command.SetAction(parsed => ReportCommand.Run(parsed.GetValue(files)!, parsed.GetValue(tables) ?? [], parsed.GetValue(plot)));
        return command;
    }

    private static Command Child()
    {
        var engine = new Argument<string>("engine");
        var folder = new Argument<string>("folder");
        var docs = new Argument<long>("docs");
        var durable = new Option<bool>("--durable");
        var reopen = new Option<bool>("--reopen");
        var connection = new Option<string?>("--connection");
        var command = new Command("child", "One engine, told by its parent what to do.") { engine, folder, docs, durable, reopen, connection };
        command.Hidden = true;
        command.SetAction(parsed => ChildLoop.Run(StoreKinds.Named(parsed.GetValue(engine)!), parsed.GetValue(folder)!, parsed.GetValue(docs), parsed.GetValue(durable), parsed.GetValue(reopen), parsed.GetValue(connection)));
        return command;
    }
}
