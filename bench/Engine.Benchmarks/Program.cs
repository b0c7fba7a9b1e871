using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using IngoDB.Benchmarks;
using IngoDB.Benchmarks.Quick;
using IngoDB.Benchmarks.Reads;
using IngoDB.Benchmarks.Scans;
using IngoDB.Benchmarks.Writes;

// dotnet run -c Release --project bench/Engine.Benchmarks -- --quick
// dotnet run -c Release --project bench/Engine.Benchmarks -- --writes
// dotnet run -c Release --project bench/Engine.Benchmarks -- --reads
// dotnet run -c Release --project bench/Engine.Benchmarks -- --scans
// dotnet run -c Release --project bench/Engine.Benchmarks -- --recording
// dotnet run -c Release --project bench/Engine.Benchmarks -- --index-builds
// dotnet run -c Release --project bench/Engine.Benchmarks -- --filter '*Memtable*'
if (args is ["--quick", ..]) return await QuickCommand.RunAsync(args);
if (args is ["--writes", ..]) return await WritesCommand.RunAsync(args);
if (args is ["--reads", ..]) return await ReadsCommand.RunAsync(args);
if (args is ["--recording"]) return RecordingBenchmarks.Quick();
if (args is ["--index-builds"]) return IndexBuildBenchmarks.Quick();
if (args is ["--scans", ..]) return ScansCommand.Run(args);
BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly)
    .Run(args, DefaultConfig.Instance.AddJob(Job.ShortRun).WithOptions(ConfigOptions.DisableLogFile));
return 0;
