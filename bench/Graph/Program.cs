// dotnet run -c Release --project bench/Graph -- --docs 100000 --routes routes.jsonl --engines ingodb,ingodb-cluster,duckdb,sqlite --json FILE
//
// Each engine is loaded, asked each question until it is warm (at least four times, for three seconds), and then nine times in turn with
// the others; the answers are compared as sets of ids. Times are medians of whole questions: from the query to the last id read.

using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using IngoDB.GraphBench;
using IngoDB.ProductBench;

var docs = new Option<int>("--docs") { DefaultValueFactory = _ => 100_000, Description = "Documents with ten links each." };
var routes = new Option<string?>("--routes") { Description = "A file of routes, one JSON object a line; without it that question is left out." };
var engines = new Option<string>("--engines") { DefaultValueFactory = _ => "ingodb,ingodb-cluster,duckdb,sqlite" };
var reps = new Option<int>("--reps") { DefaultValueFactory = _ => 9 };
var json = new Option<string?>("--json") { Description = "Where the figures go." };
var root = new RootCommand("Graph questions beside recursive SQL.") { docs, routes, engines, reps, json };
root.SetAction((parsed, _) => RunAsync(parsed.GetValue(docs), parsed.GetValue(routes), parsed.GetValue(engines)!, parsed.GetValue(reps), parsed.GetValue(json)));
return await root.Parse(args).InvokeAsync();

static async Task<int> RunAsync(int docs, string? routesFile, string names, int reps, string? json)
{
    const int warmRunsMin = 4;
    var warmTime = TimeSpan.FromSeconds(3);
    var data = GraphData.Read(routesFile, docs);
    var folder = Directory.CreateTempSubdirectory("ingodb-graph-");
    var engines = names.Split(',').Select(name => Open(name, folder.CreateSubdirectory(name).FullName)).ToList();
    var questions = new List<(string Name, long Edges, Func<IGraphEngine, Task<Answer>> Ask)> { ($"links_depth{GraphData.Depth}", data.LinksWalked(), engine => engine.LinksAsync(data)) };
    if (data.Routes.Count > 0) questions.Insert(0, ($"routes_{GraphData.Flights}_flights", data.Routes.Count, engine => engine.FlightsAsync()));
    var rows = new List<object>();
    try
    {
        foreach (var engine in engines)
        {
            var began = Stopwatch.GetTimestamp();
            await engine.LoadAsync(data);
            Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{engine.Name} loaded in {Stopwatch.GetElapsedTime(began).TotalSeconds:0.0} s"));
        }

        foreach (var (question, edges, ask) in questions)
        {
            (int, ulong)? expected = null;
            foreach (var engine in engines)
            {
                var warming = Stopwatch.GetTimestamp();
                for (var run = 0; run < warmRunsMin || Stopwatch.GetElapsedTime(warming) < warmTime; run++)
                {
                    var total = (await ask(engine)).Total;
                    expected ??= total;
                    if (total != expected) throw new InvalidOperationException($"{engine.Name} answers {question} with {total}, {engines[0].Name} with {expected}");
                }
            }

            var times = engines.ToDictionary(engine => engine, _ => new List<double>());
            var allocated = engines.ToDictionary(engine => engine, _ => 0L);
            for (var rep = 0; rep < reps; rep++)
            {
                foreach (var engine in engines)
                {
                    GC.Collect();
                    var (before, began) = (GC.GetTotalAllocatedBytes(), Stopwatch.GetTimestamp());
                    await ask(engine);
                    times[engine].Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
                    allocated[engine] = GC.GetTotalAllocatedBytes() - before;
                }
            }

            foreach (var engine in engines)
            {
                times[engine].Sort();
                var (median, best) = (times[engine][reps / 2], times[engine][0]);
                rows.Add(new { question, engine = engine.Name, reached = expected!.Value.Item1, edges, median_ms = Math.Round(median, 2), best_ms = Math.Round(best, 2), allocated_kb = allocated[engine] / 1024, edges_per_s = Math.Round(edges / median * 1000) });
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{question,-20} {engine.Name,-15} {expected!.Value.Item1,8:N0} reached  median {median,9:0.00} ms  best {best,9:0.00} ms  {edges / median * 1000,12:N0} edges/s  {allocated[engine] / 1024,9:N0} KiB allocated"));
            }
        }
    }
    finally
    {
        foreach (var engine in engines) await engine.DisposeAsync();
        folder.Delete(recursive: true);
    }

    if (json is not null) File.WriteAllText(json, JsonSerializer.Serialize(new { docs, reps, machine = Machine.Description, rows }, new JsonSerializerOptions { WriteIndented = true }) + "\n");
    return 0;
}

static IGraphEngine Open(string name, string folder) => name switch
{
    "ingodb" => new IngoGraph(folder),
    "ingodb-cluster" => new ClusterGraph(folder),
    "duckdb" => new DuckDbGraph(folder),
    "sqlite" => new SqliteGraph(folder),
    _ => throw new ArgumentException($"no engine {name}: ingodb, ingodb-cluster, duckdb, sqlite"),
};
