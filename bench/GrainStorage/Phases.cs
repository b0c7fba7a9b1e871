// One provider's phases: so many writers, each with one call under way and grains of its own, for a time. What is timed is a call from a
// client in the silo's process to the grain and back, with the storage operation in it: what an application waits for.

using System.Diagnostics;
using System.Text.Json.Serialization;
using IngoDB.Client;
using IngoDB.GrainStorage;

namespace IngoDB.GrainStorageBench;

/// <summary>One line of the result. Operations a second, or milliseconds for a query.</summary>
internal sealed record Row(
    [property: JsonPropertyName("provider")] string Provider, [property: JsonPropertyName("op")] string Op, [property: JsonPropertyName("size")] int Size, [property: JsonPropertyName("writers")] int Writers,
    [property: JsonPropertyName("value")] double Value, [property: JsonPropertyName("p50_us")] double P50, [property: JsonPropertyName("p99_us")] double P99, [property: JsonPropertyName("durable")] bool Durable,
    [property: JsonPropertyName("cpu_us")] double CpuMicroseconds, [property: JsonPropertyName("allocated_bytes")] double AllocatedBytes);

/// <param name="only">Which phases are run and told, e.g. write:400:32; null: all.</param>
internal sealed class Phases(string provider, bool durable, IGrainFactory grains, TimeSpan duration, string? only, Action<Row> report)
{
    private const int WritersMax = 32;
    private const int GrainsOfAWriter = 32;
    private static readonly TimeSpan WarmUpMax = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LearningTakes = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LearnedFor = TimeSpan.FromSeconds(5);

    // An application keeps a reference that it calls often; making one costs a lookup of the interface's name each time.
    private readonly IBenchGrain[] _grains = [.. Enumerable.Range(0, WritersMax * GrainsOfAWriter).Select(key => grains.GetGrain<IBenchGrain>(key))];
    private long _nextKey = 1_000_000;

    public async Task RunAsync()
    {
        // The runtime compiles what is used often anew, in the background; until it has, that is what would be measured.
        foreach (var size in new[] { 400, 4096, 400, 4096 })
        {
            await MeasureAsync("warm-up", size, 32, WriteAsync(size), told: false);
            await MeasureAsync("warm-up", size, 32, (writer, i) => GrainOf(writer, i).ReadAsync(), told: false);
        }

        foreach (var size in new[] { 400, 4096 })
        {
            foreach (var writers in new[] { 1, 32 })
            {
                await MeasureAsync("write", size, writers, WriteAsync(size));
                await MeasureAsync("read", size, writers, (writer, i) => GrainOf(writer, i).ReadAsync());
            }
        }

        await MeasureAsync("activate-new", 0, 1, (_, _) => grains.GetGrain<IBenchGrain>(Interlocked.Increment(ref _nextKey)).PingAsync());
        await MeasureAsync("activate-new", 0, 32, (_, _) => grains.GetGrain<IBenchGrain>(Interlocked.Increment(ref _nextKey)).PingAsync());
    }

    /// <summary>A question about an unindexed field of so many states: the first time, and when the engine has learned.</summary>
    public async Task QueryAsync(IngoDBClient client, int states)
    {
        await Parallel.ForAsync(0, states, new ParallelOptions { MaxDegreeOfParallelism = 64 }, async (i, _) => await grains.GetGrain<IBenchGrain>(10_000_000 + i).WriteAsync(i, 400));
        // What is compiled by the first question of a process is not what a question costs: others are asked before, of other states.
        await Parallel.ForAsync(0, 2000, async (i, _) => await grains.GetGrain<IWarmGrain>(i).WriteAsync(i, 400));
        for (var i = 0; i < 500; i++) await client.Grains<WarmState>().Where(s => s.Warehouse == "w17" && s.Amount == 417).ToListAsync();
        var query = client.Grains<BenchState>().Where(s => s.Warehouse == "w17" && s.Amount == 417);
        var cpu = Environment.CpuUsage.TotalTime;
        var first = await TimedAsync(query);
        var firstCpu = (Environment.CpuUsage.TotalTime - cpu).TotalMicroseconds;
        report(new(provider, "query-first", states, 1, first.TotalMilliseconds, first.TotalMicroseconds, first.TotalMicroseconds, durable, firstCpu, 0));
        var began = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(began) < LearningTakes) await TimedAsync(query);
        var times = new List<TimeSpan>();
        (began, cpu) = (Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime);
        while (Stopwatch.GetElapsedTime(began) < LearnedFor) times.Add(await TimedAsync(query));
        // Of the whole process, per question: the figure that holds when others use the machine too.
        var learnedCpu = (Environment.CpuUsage.TotalTime - cpu).TotalMicroseconds / times.Count;
        times.Sort();
        var (median, rare) = (times[times.Count / 2], times[times.Count * 99 / 100]);
        report(new(provider, "query-learned", states, 1, median.TotalMilliseconds, median.TotalMicroseconds, rare.TotalMicroseconds, durable, learnedCpu, 0));
    }

    private static async Task<TimeSpan> TimedAsync(IGrainStateQuery<BenchState> query)
    {
        var began = Stopwatch.GetTimestamp();
        var found = await query.ToListAsync();
        if (found.Count == 0) throw new InvalidOperationException("There are such states.");
        return Stopwatch.GetElapsedTime(began);
    }

    private Func<int, int, Task> WriteAsync(int size) => (writer, i) => GrainOf(writer, i).WriteAsync(((long)i << 8) + writer, size);

    private IBenchGrain GrainOf(int writer, int i) => _grains[(writer * GrainsOfAWriter) + (i % GrainsOfAWriter)];

    private async Task MeasureAsync(string op, int size, int writers, Func<int, int, Task> operation, bool told = true)
    {
        if (told && only is not null && !only.Split(',').Contains($"{op}:{size}:{writers}")) return;
        using var ends = new CancellationTokenSource();
        var cpu = Environment.CpuUsage.TotalTime;
        var allocated = GC.GetTotalAllocatedBytes();
        var began = Stopwatch.GetTimestamp();
        ends.CancelAfter(told || duration < WarmUpMax ? duration : WarmUpMax);
        var times = await Task.WhenAll(Enumerable.Range(0, writers).Select(writer => Task.Run(async () =>
        {
            var own = new List<float>(1 << 14);
            for (var i = 0; !ends.IsCancellationRequested; i++)
            {
                var start = Stopwatch.GetTimestamp();
                await operation(writer, i).ConfigureAwait(false);
                own.Add((float)Stopwatch.GetElapsedTime(start).TotalMicroseconds);
            }

            return own;
        })));
        var elapsed = Stopwatch.GetElapsedTime(began);
        cpu = Environment.CpuUsage.TotalTime - cpu;
        allocated = GC.GetTotalAllocatedBytes() - allocated;
        var all = times.SelectMany(own => own).ToArray();
        Array.Sort(all);
        if (told) report(new(provider, op, size, writers, all.Length / elapsed.TotalSeconds, all[all.Length / 2], all[all.Length * 99 / 100], durable, cpu.TotalMicroseconds / all.Length, (double)allocated / all.Length));
    }
}
