using IngoDB.Model;

namespace IngoDB.Engine;

/// <summary>Writes of one caller on their way through the commit pipeline.</summary>
internal sealed class CommitRequest(IReadOnlyList<EngineWrite> writes, bool atomic, bool durable)
{
    private TaskCompletionSource<WriteResult[]>? _completion;

    public IReadOnlyList<EngineWrite> Writes { get; } = writes;

    public bool Atomic { get; } = atomic;

    /// <summary>Acknowledged only after fdatasync.</summary>
    public bool Durable { get; } = durable;

    /// <summary>The clock ceiling must be durably at least this when the request completes.</summary>
    public DocumentVersion MinimumCeiling { get; init; }

    public WriteResult[] Results { get; } = writes.Count == 0 ? [] : new WriteResult[writes.Count];

    /// <summary>Makes the request waitable; completions run off the commit thread.</summary>
    public Task<WriteResult[]> Await()
        => (_completion = new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    public void Complete() => _completion?.TrySetResult(Results);

    public void Fail(Exception error) => _completion?.TrySetException(error);
}
