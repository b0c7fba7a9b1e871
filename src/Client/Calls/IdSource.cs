using IngoDB.Model;

namespace IngoDB.Client.Calls;

/// <summary>Makes the <c>_id</c> of documents that came without one, here in the client: a repeated write is then the same write. Thread-safe.</summary>
internal sealed class IdSource(TimeProvider time, Random random)
{
    private readonly Lock _lock = new();

    public DocumentId Next()
    {
        lock (_lock) return DocumentId.NewUuid(time, random);
    }
}
