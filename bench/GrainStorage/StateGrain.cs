using Orleans.Runtime;

namespace IngoDB.GrainStorageBench;

/// <summary>A state of about so many bytes as JSON: some fields that one would query, and a text.</summary>
[GenerateSerializer]
public class BenchState
{
    [Id(0)] public string Name { get; set; } = "";

    [Id(1)] public string Warehouse { get; set; } = "";

    [Id(2)] public int Amount { get; set; }

    [Id(3)] public double Price { get; set; }

    [Id(4)] public DateTime Changed { get; set; }

    [Id(5)] public string Text { get; set; } = "";

    private const int OtherBytes = 140;

    public void Fill(long number, int bytes)
    {
        Name = $"item {number}";
        Warehouse = $"w{number % 100}";
        Amount = (int)(number % 1000);
        Price = number % 10_000 / 100.0;
        Changed = new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc).AddSeconds(number % 30_000_000);
        if (Text.Length != bytes - OtherBytes) Text = new string('t', bytes - OtherBytes);
    }
}

/// <summary>States of another kind, for questions that only warm up.</summary>
[GenerateSerializer]
public sealed class WarmState : BenchState;

public interface IBenchGrain : IGrainWithIntegerKey
{
    Task PingAsync();

    Task WriteAsync(long number, int bytes);

    Task ReadAsync();
}

[GrainType("bench")]
public sealed class BenchGrain([PersistentState("state")] IPersistentState<BenchState> state) : Grain, IBenchGrain
{
    public Task PingAsync() => Task.CompletedTask;

    public Task WriteAsync(long number, int bytes)
    {
        state.State.Fill(number, bytes);
        return state.WriteStateAsync();
    }

    public Task ReadAsync() => state.ReadStateAsync();
}

public interface IWarmGrain : IGrainWithIntegerKey
{
    Task WriteAsync(long number, int bytes);
}

[GrainType("warm")]
public sealed class WarmGrain([PersistentState("state")] IPersistentState<WarmState> state) : Grain, IWarmGrain
{
    public Task WriteAsync(long number, int bytes)
    {
        state.State.Fill(number, bytes);
        return state.WriteStateAsync();
    }
}
