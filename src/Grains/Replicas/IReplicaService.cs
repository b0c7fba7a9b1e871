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

    /// <summary>The record of a partition may have something for this node: it looks.</summary>
    [Alias("Nudge"), OneWay]
    Task NudgeAsync(string database, int partition);

    /// <summary>What the copy that leads a partition knows of the queries that it has answered.</summary>
    [Alias("Share"), OneWay]
    Task ShareAsync(StatisticsPacket packet);

    /// <summary>What the copies here say of themselves.</summary>
    [Alias("Tell")]
    Task<CopyStatusReply[]> TellAsync(string database);
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

/// <summary>Evidence for what is learned: when it is lost, it is counted again.</summary>
[GenerateSerializer, Immutable, Alias("ingodb.StatisticsPacket")]
internal sealed class StatisticsPacket
{
    [Id(0)] public required string Database { get; init; }

    [Id(1)] public required int Partition { get; init; }

    /// <summary>In which the sender leads.</summary>
    [Id(2)] public required long Epoch { get; init; }

    /// <summary>See <see cref="Engine.StorageEngine.ExportStatistics"/>.</summary>
    [Id(3)] public required byte[] Statistics { get; init; }
}

internal sealed class ReplicaService(GrainId id, Silo silo, Microsoft.Extensions.Logging.ILoggerFactory loggers, ReplicaHost host) : GrainService(id, silo, loggers), IReplicaService
{
    public Task DeliverAsync(ReplicaPacket packet)
    {
        host.Deliver(packet);
        return Task.CompletedTask;
    }

    public Task<SnapshotPiece> FetchAsync(SnapshotPieceRequest request) => Task.Run(() => host.Read(request));

    public Task NudgeAsync(string database, int partition)
    {
        host.Nudged(database, partition);
        return Task.CompletedTask;
    }

    public Task ShareAsync(StatisticsPacket packet)
    {
        host.Shared(packet);
        return Task.CompletedTask;
    }

    public Task<CopyStatusReply[]> TellAsync(string database) => Task.FromResult(host.Tell(database));
}

/// <summary>A copy, by its own words.</summary>
[GenerateSerializer, Immutable, Alias("ingodb.CopyStatusReply")]
internal sealed class CopyStatusReply
{
    [Id(0)] public required int Partition { get; init; }

    [Id(1)] public required Guid Copy { get; init; }

    /// <summary>Name of a <see cref="Replication.States.Standing"/>.</summary>
    [Id(2)] public required string Standing { get; init; }

    [Id(3)] public required bool IsServing { get; init; }

    [Id(4)] public required long Epoch { get; init; }

    /// <summary>Its log ends here.</summary>
    [Id(5)] public required long Last { get; init; }

    /// <summary>It knows that everything up to here is committed.</summary>
    [Id(6)] public required long Committed { get; init; }

    [Id(7)] public required long Applied { get; init; }

    [Id(8)] public required long Alarms { get; init; }

    [Id(9)] public string? LatestAlarm { get; init; }
}

/// <summary>The other silos' services.</summary>
internal sealed class ReplicaTransport(IServiceProvider services) : GrainServiceClient<IReplicaService>(services)
{
    /// <summary>Sent, or lost.</summary>
    public void Send(SiloAddress silo, ReplicaPacket packet) => _ = SendAsync(silo, packet);

    public Task<SnapshotPiece> FetchAsync(SiloAddress silo, SnapshotPieceRequest request) => GetGrainService(silo).FetchAsync(request);

    public Task<CopyStatusReply[]> TellAsync(SiloAddress silo, string database) => GetGrainService(silo).TellAsync(database);

    /// <summary>Heard, or lost.</summary>
    public void Nudge(SiloAddress silo, string database, int partition) => _ = LoseAsync(() => GetGrainService(silo).NudgeAsync(database, partition));

    /// <summary>Heard, or lost.</summary>
    public void Share(SiloAddress silo, StatisticsPacket packet) => _ = LoseAsync(() => GetGrainService(silo).ShareAsync(packet));

    private Task SendAsync(SiloAddress silo, ReplicaPacket packet) => LoseAsync(() => GetGrainService(silo).DeliverAsync(packet));

    private static async Task LoseAsync(Func<Task> send)
    {
        try
        {
            await send().ConfigureAwait(false);
        }
        catch (Exception)
        {
            // Whatever it is, it is a lost message: whoever waits for its answer asks again, and nobody awaits this.
        }
    }
}
