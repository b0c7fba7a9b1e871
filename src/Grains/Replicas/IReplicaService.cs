// How replicas of different silos reach each other: a service that every silo has, addressed by silo, never through the grain directory. A
// message is one-way and may be lost, doubled or late; the protocol asks for nothing better (docs/replication.md). Clients
// can not call it: Orleans offers services to silos only.

using IngoDB.Abstractions;
using Orleans.Concurrency;
using Orleans.Runtime;
using Orleans.Runtime.Services;
using Orleans.Services;

namespace IngoDB.Grains.Replicas;

/// <summary>Takes what replicas of other silos say to those of this one.</summary>
[Alias("ingodb.IReplicaService")]
internal interface IReplicaService : IGrainService
{
    /// <summary>Never waits for a disk.</summary>
    [Alias("Deliver"), OneWay]
    Task DeliverAsync(ReplicaPacket packet);

    /// <summary>A piece of a snapshot that was offered.</summary>
    [Alias("Fetch")]
    Task<SnapshotPiece> FetchAsync(SnapshotPieceRequest request);
}

/// <summary>A message from one copy of a partition to another.</summary>
[GenerateSerializer, Immutable, Alias("ingodb.ReplicaPacket")]
internal sealed class ReplicaPacket
{
    [Id(0)] public required string Database { get; init; }

    [Id(1)] public required int Partition { get; init; }

    /// <summary>See <see cref="ReplicaMessageCodec"/>.</summary>
    [Id(2)] public required byte[] Message { get; init; }
}

internal sealed class ReplicaService(GrainId id, Silo silo, Microsoft.Extensions.Logging.ILoggerFactory loggers, ReplicaHost host) : GrainService(id, silo, loggers), IReplicaService
{
    public Task DeliverAsync(ReplicaPacket packet)
    {
        host.Deliver(packet);
        return Task.CompletedTask;
    }

    public Task<SnapshotPiece> FetchAsync(SnapshotPieceRequest request) => Task.Run(() => host.Read(request));
}

/// <summary>The other silos' services.</summary>
internal sealed class ReplicaTransport(IServiceProvider services) : GrainServiceClient<IReplicaService>(services)
{
    /// <summary>Sent, or lost.</summary>
    public void Send(SiloAddress silo, ReplicaPacket packet) => _ = SendAsync(silo, packet);

    public Task<SnapshotPiece> FetchAsync(SiloAddress silo, SnapshotPieceRequest request) => GetGrainService(silo).FetchAsync(request);

    private async Task SendAsync(SiloAddress silo, ReplicaPacket packet)
    {
        try
        {
            await GetGrainService(silo).DeliverAsync(packet).ConfigureAwait(false);
        }
        catch (Exception e) when (e is OrleansException or IOException or ObjectDisposedException or InvalidOperationException or TimeoutException)
        {
            // A lost message: whoever waits for its answer asks again.
        }
    }
}
