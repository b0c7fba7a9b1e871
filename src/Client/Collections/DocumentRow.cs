using IngoDB.Model;

namespace IngoDB.Client.Collections;

/// <summary>A document as it came, not decoded: a slice of its page, readable for as long as it is referenced.</summary>
public readonly struct DocumentRow
{
    private readonly ReadOnlyMemory<byte> _row;

    internal DocumentRow(DocumentId id, DocumentVersion version, Shape shape, ReadOnlyMemory<byte> row) => (Id, Version, Shape, _row) = (id, version, shape, row);

    public DocumentId Id { get; }

    public DocumentVersion Version { get; }

    /// <summary>The names of its fields.</summary>
    public Shape Shape { get; }

    /// <summary>Its fields, each read where it lies.</summary>
    public RowReader Fields => new(Shape, _row.Span);

    public StoredDocument Decode() => new(Id, Version, Fields.Decode());
}
