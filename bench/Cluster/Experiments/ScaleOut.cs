// The work of key operations on 1, 2, 4 and 8 silos of one machine: messages, bytes, processor time. Throughput on one machine is told and says only
// how that work grows, since all silos share its processors; what it means on machines of their own says ScaleModel.

using IngoDB.ClusterBench.Results;
using IngoDB.ClusterBench.Scaling;
using IngoDB.ClusterBench.Silos;

namespace IngoDB.ClusterBench.Experiments;

internal static class ScaleOut
{
    private const int Partitions = 64;
    private const int Callers = 64;
    private const int BatchCallers = 4;
    private const int ModelSilos = 16;
    private const int ModelProcessors = 4;
    private const double Must = 0.85;

    private static readonly (string Name, int Callers, Func<Entries, Func<int, int, Task<int>>> Operation)[] s_operations =
    [
        ("get", Callers, entries => entries.GetAsync),
        ("get of 256", BatchCallers, entries => entries.GetManyAsync),
        ("durable put", Callers, entries => entries.PutAsync),
    ];

    public static async Task RunAsync(BenchOptions options, Action<Row> report, CancellationToken cancellationToken)
    {
        var points = s_operations.ToDictionary(operation => operation.Name, _ => new List<ScalePoint>());
        foreach (var silos in options.Silos)
        {
            await using var cluster = await BenchCluster.StartAsync(silos, copies: 1, Partitions, cancellationToken, BenchSilo.Program, client => client.GetCalls = Callers);
            var entries = new Entries(cluster.Database);
            await entries.FillAsync(0, Entries.Count, cancellationToken: cancellationToken);
            foreach (var (name, callers, operation) in s_operations)
            {
                await Load.RunAsync(callers, options.Warmup, operation(entries));
                var (before, computed) = (await cluster.CountsAsync(cancellationToken), cluster.ProcessorTime());
                var load = await Load.RunAsync(callers, options.Duration, operation(entries));
                var work = (cluster.ProcessorTime() - computed).TotalMicroseconds / load.Operations;
                var sent = (await cluster.CountsAsync(cancellationToken)).Since(before);
                points[name].Add(new(silos, work));
                report(Row.One($"{name}: throughput on one machine", silos, "ops/s", load.PerSecond));
                report(Row.One($"{name}: processor time of silos", silos, "µs/op", work));
                report(Row.One($"{name}: messages of silos", silos, "messages/op", (double)sent.Messages / load.Operations));
                report(Row.One($"{name}: bytes of silos", silos, "bytes/op", (double)sent.Bytes / load.Operations));
            }
        }

        if (!options.Silos.Contains(1) || options.Silos.Length < 2) return;
        foreach (var (name, measured) in points)
        {
            var model = ScaleModel.Fit(measured);
            var efficiency = model.Efficiency(ModelSilos, ModelProcessors, Partitions);
            report(Row.One($"{name}: efficiency, by the model", ModelSilos, "", efficiency, $"≥ {Must}", efficiency >= Must, $"{model.HereMicroseconds:0.#} µs where it enters, {model.ForwardMicroseconds:0.#} µs to go on"));
            report(Row.One($"{name}: efficiency from 2 silos on, by the model", ModelSilos, "", model.Efficiency(ModelSilos, ModelProcessors, Partitions, comparedWith: 2)));
        }
    }
}
