// dotnet run -c Release --project bench/Learning -- --experiment all --docs 20000 --json FILE --plot DIR
using System.CommandLine;
using IngoDB.LearningBench;

var experiment = new Option<string>("--experiment") { Description = "a, b, c, d, e or all.", DefaultValueFactory = _ => "all", HelpName = "LETTER" };
var docs = new Option<int>("--docs") { Description = "Documents in each collection.", DefaultValueFactory = _ => 20_000, HelpName = "N" };
var length = new Option<int>("--length") { Description = "How long each workload is.", DefaultValueFactory = _ => 10, HelpName = "L" };
var columns = new Option<bool>("--columns") { Description = "Tables keep code columns, as by default; most questions are then cheap without an index." };
var lag = new Option<bool>("--lag") { Description = "Only the learn lag: how long after the paying query its index is ready, with the phases of that time." };
var log = new Option<bool>("--log") { Description = "Print the decisions that were learned." };
var json = new Option<string?>("--json") { Description = "Write the rows to this file.", HelpName = "FILE" };
var plot = new Option<string?>("--plot") { Description = "Write learning-*.svg into this folder.", HelpName = "DIR" };
var root = new RootCommand("What learning costs and brings, against no indexes, the best fixed design in hindsight, the original's rule and SQLite with hand-made indexes.") { experiment, docs, length, columns, lag, log, json, plot };
root.SetAction(parsed => LearningCommand.RunAsync(new(parsed.GetValue(experiment)!, parsed.GetValue(docs), parsed.GetValue(length), parsed.GetValue(columns), parsed.GetValue(lag), parsed.GetValue(log), parsed.GetValue(json), parsed.GetValue(plot))));
return await root.Parse(args).InvokeAsync();
