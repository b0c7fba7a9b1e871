using IngoDB.GrainStorage.Tests.Silos;
using Orleans.Runtime;
using Orleans.Storage;

namespace IngoDB.GrainStorage.Tests.Contract;

/// <summary>What the contract's cases store.</summary>
[GenerateSerializer]
public sealed class Subject
{
    [Id(0)] public string? Name { get; set; }

    [Id(1)] public int Number { get; set; }

    [Id(2)] public DateTime At { get; set; }

    public static Subject Of(int number) => new() { Name = $"number {number}", Number = number, At = new DateTime(2026, 11, 27, 0, 0, 0, DateTimeKind.Utc).AddSeconds(number) };

    public override bool Equals(object? obj) => obj is Subject other && (Name, Number, At) == (other.Name, other.Number, other.At);

    public override int GetHashCode() => HashCode.Combine(Name, Number, At);
}

/// <summary>One record as a grain holds it, and a second view of it where a test wants one.</summary>
internal sealed class Record(IGrainStorage storage, GrainId grain, string name = "state")
{
    private static int _grains;

    public GrainState<Subject> Held { get; private set; } = new(new Subject());

    public GrainId Grain => grain;

    /// <summary>The same record as another activation would see it: nothing read yet.</summary>
    public Record Again(string? name1 = null) => new(storage, grain, name1 ?? name);

    public static Record New(TestSilo silo, string? key = null) => new(silo.Storage(), GrainId.Create("contract", key ?? $"k-{Interlocked.Increment(ref _grains)}"));

    public Task ReadAsync() => storage.ReadStateAsync(name, grain, Held);

    public Task WriteAsync(int number)
    {
        Held.State = Subject.Of(number);
        return storage.WriteStateAsync(name, grain, Held);
    }

    public Task ClearAsync() => storage.ClearStateAsync(name, grain, Held);

    /// <summary>Another view with the ETag as it is now.</summary>
    public Record Stale() => new(storage, grain, name) { Held = new(Subject.Of(-1), Held.ETag!) { RecordExists = Held.RecordExists } };

    public async Task<GrainState<Subject>> StoredAsync()
    {
        var seen = new GrainState<Subject>(Subject.Of(-2), "999") { RecordExists = true };
        await storage.ReadStateAsync(name, grain, seen);
        return seen;
    }
}
