// What a phase has at hand: the store, the expected state, the clocks. One per engine and run; the same object serves the small
// warm-up run, with smaller numbers.
using System.Diagnostics;

namespace IngoDB.ProductBench;

/// <summary>One engine in one run.</summary>
internal sealed class Bench : IDisposable
{
    private const int WarmDocuments = 50_000;

    /// <summary>As often as an engine in this process has put its documents when its warm-up is over.</summary>
    private const int WarmPasses = 5;

    private readonly string? _connection;

    public Bench(StoreKind kind, string folder, long documents, bool durable, bool isWarmUp, string? connection)
    {
        // An engine that cannot wait for the disk goes on as it can, and its rows say so.
        (Kind, Folder, Documents, Durable, IsWarmUp, _connection) = (kind, folder, documents, durable && kind.Can(Abilities.Syncs), isWarmUp, connection);
        Expected = new(documents, updated: true);
    }

    public StoreKind Kind { get; }

    public string Folder { get; }

    public long Documents { get; }

    public bool Durable { get; }

    public bool IsWarmUp { get; }

    public ExpectedState Expected { get; }

    /// <summary>Bytes that this process had written when the ingest began.</summary>
    public long WrittenBefore { get; set; }

    public IProductStore Store => _store ?? throw new InvalidOperationException("The store is not open.");

    private IProductStore? _store;
    private int _stores;

    public string MainFolder => Path.Combine(Folder, "main");

    public void OpenMain() => _store = Open("main", Durable);

    /// <summary>What runs in a process of its own is cold, however warm this one is: it gets some of the work that will be timed, and holds afterwards what it will be given.</summary>
    public void WarmSilo(IProductStore store, bool oneByOne)
    {
        if (store.Outstanding == 1 || IsWarmUp) return;
        for (var pass = 0; pass < WarmPasses; pass++)
        {
            WritePhases.PutSeveralBatchesAsync(store, Math.Min(WarmDocuments, Documents)).GetAwaiter().GetResult();
            ChildLoop.Pause();
        }

        for (var i = 0; i < WarmDocuments / 5; i++) store.Get(i);
        if (oneByOne) DurablePhases.PutAsync(store, 64, TimeSpan.FromSeconds(1));
    }

    /// <summary>Another, empty store, beside the main one.</summary>
    public IProductStore Open(string name, bool durable)
    {
        var folder = Path.Combine(Folder, name);
        Directory.CreateDirectory(folder);
        return Kind.Open(new(folder, durable, _connection));
    }

    /// <summary>Makes the names of further stores differ.</summary>
    public int NextStore() => ++_stores;

    /// <summary>How long a phase that could take for ever may be timed.</summary>
    public TimeSpan Box(double seconds) => TimeSpan.FromSeconds(IsWarmUp ? Math.Min(seconds, 0.3) : seconds);

    public int Scaled(int operations) => IsWarmUp ? Math.Max(operations / 10, 1) : operations;

    public StepTimer Time() => new(_store);

    public void Check(Answer answer, Answer expected, string what)
    {
        if (!answer.Same(expected)) throw new WrongAnswerException($"{Kind.Name}, {what}: {answer}, expected {expected}");
    }

    public void Check(ProductFacts facts, long slot)
    {
        if (facts != ProductFacts.Of(Expected.NumberAt(slot))) throw new WrongAnswerException($"{Kind.Name}: slot {slot} gives {facts}");
    }

    public void Dispose()
    {
        _store?.Dispose();
        _store = null;
    }
}

/// <summary>Wall clock and processor time since it was made.</summary>
internal readonly struct StepTimer(IProductStore? store)
{
    private readonly long _began = Stopwatch.GetTimestamp();
    private readonly TimeSpan _processor = ProcessorTime(store);

    public TimeSpan Elapsed => Stopwatch.GetElapsedTime(_began);

    public Step Stop(double operations)
    {
        var elapsed = Elapsed;
        return new(elapsed.TotalSeconds, (ProcessorTime(store) - _processor).TotalMicroseconds / operations, operations);
    }

    private static TimeSpan ProcessorTime(IProductStore? store) => Environment.CpuUsage.TotalTime + (store?.OtherProcessorTime ?? TimeSpan.Zero);
}

/// <summary>What a step took.</summary>
internal readonly record struct Step(double Seconds, double CpuMicros, double Operations)
{
    public double PerSecond => Operations / Seconds;

    public double NanosEach => Seconds * 1e9 / Operations;
}
