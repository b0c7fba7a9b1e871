// A write reaches the engine with its row already encoded: by the client that made the document, or here for embedded
// use. From then on these bytes are only copied, into the log, the memtable and a table.

using System.Buffers;
using IngoDB.Engine.Entries;
using IngoDB.Model;

namespace IngoDB.Engine;

/// <summary>One write as the engine takes it: the row already encoded, so that its bytes are copied and never re-made.</summary>
public readonly record struct EngineWrite(WriteKind Kind, CollectionId Collection, DocumentId Id)
{
    // One document mostly has the shape of the one before; then no new list of names is made, hashed and compared.
    [ThreadStatic]
    private static Shape? _latestShape;

    [ThreadStatic]
    private static ArrayBufferWriter<byte>? _scratch;

    private const int ScratchBytesMax = 1 << 20;

    /// <summary>None when unconditional.</summary>
    public DocumentVersion IfVersion { get; init; }

    /// <summary>For the kinds that carry a document.</summary>
    public Shape? Shape { get; init; }

    /// <summary>A valid row of <see cref="Shape"/>.</summary>
    public ReadOnlyMemory<byte> Row { get; init; }

    /// <summary>Found by this filter at version <see cref="IfVersion"/>: a document that changed since is written only if it still matches.</summary>
    internal Querying.CompiledFilter? FoundBy { get; init; }

    /// <summary>For patches.</summary>
    public IReadOnlyList<PatchStep>? Steps { get; init; }

    public static EngineWrite Upsert(CollectionId collection, DocumentId id, Document document) => Of(WriteKind.Upsert, collection, id, document);

    public static EngineWrite Insert(CollectionId collection, DocumentId id, Document document) => Of(WriteKind.Insert, collection, id, document);

    public static EngineWrite Delete(CollectionId collection, DocumentId id) => new(WriteKind.Delete, collection, id);

    public static EngineWrite Of(WriteKind kind, CollectionId collection, DocumentId id, Document document)
    {
        var scratch = _scratch ??= new(1024);
        scratch.ResetWrittenCount();
        RowWriter.Write(document, scratch);
        var shape = _latestShape is { } latest && latest.Fits(document) ? latest : _latestShape = Shape.Of(document);
        var row = scratch.WrittenSpan.ToArray();
        if (scratch.Capacity > ScratchBytesMax) _scratch = null;
        return new(kind, collection, id) { Shape = shape, Row = row };
    }
}
