// dotnet run -c Release --project bench/Growth -- --max 1000000 --reps 3 --json FILE --plot DIR
using System.CommandLine;
using IngoDB.GrowthBench;

var min = new Option<long>("--min") { Description = "The smallest size.", DefaultValueFactory = _ => 10_000, HelpName = "N" };
var max = new Option<long>("--max") { Description = "The largest size; 10,000,000 for a night.", DefaultValueFactory = _ => 1_000_000, HelpName = "N" };
var reps = new Option<int>("--reps") { Description = "How often each size is run.", DefaultValueFactory = _ => 3, HelpName = "R" };
var json = new Option<string?>("--json") { Description = "Write points and slopes to this file.", HelpName = "FILE" };
var plot = new Option<string?>("--plot") { Description = "Write growth.svg into this folder.", HelpName = "DIR" };
var root = new RootCommand("How the cost of each operation grows with the number of documents, against the law it should follow.") { min, max, reps, json, plot };
root.SetAction(parsed => GrowthCommand.RunAsync(new(parsed.GetValue(min), parsed.GetValue(max), parsed.GetValue(reps), parsed.GetValue(json), parsed.GetValue(plot))));
return await root.Parse(args).InvokeAsync();
