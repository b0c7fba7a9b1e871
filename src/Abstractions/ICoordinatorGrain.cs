namespace IngoDB.Abstractions;

/// <summary>
/// The entry for clients: a stateless worker on the client's gateway that routes by id, scatters scans and
/// traversals, merges, and enforces deadlines. External clients call nothing else, since a call forwarded to a
/// silo that then dies would hang for the whole response timeout. All keys are alike; a client takes another one when
/// nobody answers it under the one that it has.
/// </summary>
[Alias("ingodb.ICoordinatorGrain")]
public interface ICoordinatorGrain : IGrainWithIntegerKey
{
    /// <summary>The silo that answers, by its address and start: whether it is still the one that took a call. Empty: one that stops.</summary>
    [Alias("Who")]
    ValueTask<string> WhoAsync();

    [Alias("Write"), ResponseTimeout(CallTimeouts.AboveEveryDeadline)]
    ValueTask<WriteReply> WriteAsync(WriteRequest request, CancellationToken cancellationToken);

    /// <summary>A write by filter; answers with its counts (ChangeCounts as a document).</summary>
    [Alias("Change"), ResponseTimeout(CallTimeouts.AboveEveryDeadline)]
    ValueTask<ValueReply> ChangeAsync(ChangeRequest request, CancellationToken cancellationToken);

    [Alias("Get"), ResponseTimeout(CallTimeouts.AboveEveryDeadline)]
    ValueTask<PageReply> GetAsync(GetRequest request, CancellationToken cancellationToken);

    /// <summary>Get, scan, aggregate, traverse: one page.</summary>
    [Alias("Query"), ResponseTimeout(CallTimeouts.AboveEveryDeadline)]
    ValueTask<PageReply> QueryAsync(QueryRequest request, CancellationToken cancellationToken);

    [Alias("Admin"), ResponseTimeout(CallTimeouts.AboveEveryDeadline)]
    ValueTask<ValueReply> AdminAsync(AdminRequest request, CancellationToken cancellationToken);
}
