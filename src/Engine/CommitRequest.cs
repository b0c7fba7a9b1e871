using IngoDB.Engine.Entries;
using IngoDB.Model;

namespace IngoDB.Engine;

/// <summary>Writes of one caller that the resolver decides.</summary>
internal sealed class CommitRequest(IReadOnlyList<EngineWrite> writes, bool atomic, bool durable, RequestKey key = default)
{
    public IReadOnlyList<EngineWrite> Writes { get; } = writes;

    /// <summary>Names it when it is to be done once, however often it comes.</summary>
    public RequestKey Key { get; } = key;

    /// <summary>A step of a long request: what is remembered after it, given the results. Null: the results themselves.</summary>
    public Func<WriteResult[], WriteProgress>? Progress { get; init; }

    /// <summary>What this request is for an atomic batch over several partitions; null: it is none's.</summary>
    public TransactionStep? Step { get; init; }

    public bool Atomic { get; } = atomic;

    /// <summary>Acknowledged only after fdatasync.</summary>
    public bool Durable { get; } = durable;

    public WriteResult[] Results { get; } = writes.Count == 0 ? [] : new WriteResult[writes.Count];
}
