using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using IngoDB.Benchmarks.Quick;

// dotnet run -c Release --project bench/Engine.Benchmarks -- --quick
// dotnet run -c Release --project bench/Engine.Benchmarks -- --filter '*Memtable*'
if (args is ["--quick", ..]) return await QuickCommand.RunAsync(args);
BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly)
    .Run(args, DefaultConfig.Instance.AddJob(Job.ShortRun).WithOptions(ConfigOptions.DisableLogFile));
return 0;
