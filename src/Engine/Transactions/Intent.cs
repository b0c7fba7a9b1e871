using IngoDB.Model;

namespace IngoDB.Engine.Transactions;

/// <summary>What is prepared here and not finished.</summary>
/// <param name="Id">Of the transaction.</param>
/// <param name="Coordinator">Who knows what becomes of it.</param>
/// <param name="Prepared">No reader below it minds; the commit is above it.</param>
/// <param name="Keys">What nobody else may write.</param>
/// <param name="Writes">Some of them are written.</param>
internal sealed record Intent(TransactionId Id, int Coordinator, DocumentVersion Prepared, IReadOnlyList<byte[]> Keys, bool Writes)
{
    private readonly TaskCompletionSource _finished = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when its writes can be read, or will never be.</summary>
    public Task Finished => _finished.Task;

    public void Finish() => _finished.TrySetResult();
}
