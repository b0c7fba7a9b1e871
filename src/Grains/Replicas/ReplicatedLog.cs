// The engine is opened before its copy (which has to know what the tables hold), and writes through it. So the engine is given this, and
// the copy is put in when it is there.

using IngoDB.Engine;
using IngoDB.Model;

namespace IngoDB.Grains.Replicas;

/// <summary>The way from an engine to its copy.</summary>
internal sealed class ReplicatedLog : IReplicatedLog
{
    private Replica? _replica;

    private Replica Replica => _replica ?? throw new UnavailableException("partition.moved", "The copy is being opened.");

    public void Attach(Replica replica) => _replica = replica;

    public (DocumentVersion First, long Term)? Next() => Replica.Next();

    public Proposal TryPropose(long term, DocumentVersion first, ReadOnlyMemory<byte> group, int versions) => Replica.TryPropose(term, first, group, versions);

    public Task ConfirmAsync(CancellationToken cancellationToken) => Replica.ConfirmAsync(afterAll: true, cancellationToken);

    public Task CloseAsync(DocumentVersion version, CancellationToken cancellationToken) => Replica.CloseAsync(version, cancellationToken);
}
