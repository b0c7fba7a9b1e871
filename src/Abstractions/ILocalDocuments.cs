// What runs inside a silo of the database (grain storage) need not send a message to a document that lies in the same process.
// This is the door to it: it answers for what is on this silo and open, and says so when it is not, so that its
// caller goes the way that always works, through the coordinator. Both ways pass the same gates and give the same answers.

using IngoDB.Model;
using Orleans.Runtime;

namespace IngoDB.Abstractions;

/// <summary>Single documents of this silo's partitions, read and written where they lie. Thread-safe.</summary>
public interface ILocalDocuments
{
    /// <summary>Reads the newest version, from memory or quickly; false says nothing but "ask the coordinator".</summary>
    bool TryGet(string? database, string collection, DocumentId id, out LocalDocument document);

    /// <summary>Writes; null says that nothing was written, and that the coordinator is to be asked.</summary>
    /// <param name="buffered">Null takes the durability of collection and database.</param>
    /// <exception cref="UnknownOutcomeException">The disk failed while it was on its way.</exception>
    ValueTask<WriteOutcome?> TryWriteAsync(string? database, string collection, LocalWrite write, bool? buffered, CancellationToken cancellationToken);

    /// <summary>The silo that has the document's partition, when the catalog and the membership are known here; null otherwise.</summary>
    ValueTask<SiloAddress?> FindSiloAsync(string? database, DocumentId id, CancellationToken cancellationToken);
}

/// <summary>A document where it lies; <see cref="Row"/> is valid while it is referenced.</summary>
public readonly record struct LocalDocument(bool Exists, DocumentVersion Version, Shape Shape, ReadOnlyMemory<byte> Row);

/// <summary>One write of one document.</summary>
public readonly record struct LocalWrite(WriteKind Kind, DocumentId Id, DocumentVersion IfVersion)
{
    /// <summary>For the kinds that carry a document.</summary>
    public Shape? Shape { get; init; }

    /// <summary>A valid row of <see cref="Shape"/>.</summary>
    public ReadOnlyMemory<byte> Row { get; init; }

    /// <summary>For patches.</summary>
    public IReadOnlyList<PatchStep>? Steps { get; init; }
}
