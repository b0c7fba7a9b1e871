using IngoDB.Model;

namespace IngoDB.Client.Collections;

/// <summary>Documents to be put, whatever is there now, encoded as they will be stored (<see cref="DocWriter"/>). Kept and filled again by its user; one thread at a time.</summary>
public sealed class RowBatch
{
    private readonly WritePageWriter _page = new();

    public int Count => _page.Count;

    /// <summary>About 1 MiB or 1,000 documents make a good batch.</summary>
    public int ApproximateBytes => _page.ApproximateBytes;

    /// <summary>Adds a document; an id that comes twice keeps the later one.</summary>
    public void Upsert(DocumentId id, DocWriter row)
    {
        ArgumentNullException.ThrowIfNull(row);
        _page.Add(WriteKind.Upsert, id, row.Shape, row.Row);
    }

    /// <summary>Takes the documents out, as bytes.</summary>
    internal byte[] Take() => _page.Finish();
}
