using IngoDB.Model;

namespace IngoDB.Engine;

/// <summary>Writes of one caller that the resolver decides.</summary>
internal sealed class CommitRequest(IReadOnlyList<EngineWrite> writes, bool atomic, bool durable)
{
    public IReadOnlyList<EngineWrite> Writes { get; } = writes;

    public bool Atomic { get; } = atomic;

    /// <summary>Acknowledged only after fdatasync.</summary>
    public bool Durable { get; } = durable;

    public WriteResult[] Results { get; } = writes.Count == 0 ? [] : new WriteResult[writes.Count];
}
