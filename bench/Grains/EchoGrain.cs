using Orleans.Concurrency;

namespace IngoDB.GrainBench;

/// <summary>The empty call: what any call of the same placement costs at least.</summary>
[Alias("ingodb.bench.IEchoGrain")]
public interface IEchoGrain : IGrainWithIntegerKey
{
    [Alias("Echo")]
    ValueTask<int> EchoAsync(int number);
}

/// <summary>Placed as the coordinator is.</summary>
[StatelessWorker, Reentrant]
public sealed class EchoGrain : Grain, IEchoGrain
{
    public ValueTask<int> EchoAsync(int number) => new(number);
}
