using IngoDB.Model;

namespace IngoDB.Client.Collections;

/// <summary>What became of each write of a bulk, in the order in which they were given.</summary>
public sealed class BulkResult(IReadOnlyList<WriteResult> results)
{
    public IReadOnlyList<WriteResult> Results { get; } = results;

    public int Inserted => Count(WriteStatus.Inserted);

    public int Replaced => Count(WriteStatus.Replaced);

    public int Deleted => Count(WriteStatus.Deleted);

    /// <summary>Deletes of documents that were not there.</summary>
    public int NotFound => Count(WriteStatus.NotFound);

    public int Unchanged => Count(WriteStatus.Unchanged);

    /// <summary>Writes with an error: refused, or of unknown outcome.</summary>
    public int Refused => Count(WriteStatus.Refused);

    /// <summary>Throws the first refusal as the exception it would have been alone; gives this result otherwise.</summary>
    /// <exception cref="IngoDBException">Some write was refused.</exception>
    public BulkResult EnsureApplied()
    {
        foreach (var result in Results)
            if (result.Status == WriteStatus.Refused) throw WriteFailures.ToException(result);
        return this;
    }

    private int Count(WriteStatus status)
    {
        var count = 0;
        foreach (var result in Results)
            if (result.Status == status) count++;
        return count;
    }
}
