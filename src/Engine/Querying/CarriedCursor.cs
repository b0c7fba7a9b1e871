// Filters, projections and proofs of visibility ask a cursor for key, version, shape and row. What an entry of a covering index carries
// is put behind the same questions, so none of them knows whether it looks at a table or at an index.

using IngoDB.Engine.Entries;
using IngoDB.Engine.Indexing;
using IngoDB.Model;

namespace IngoDB.Engine.Querying;

/// <summary>Stands on what an entry of a covering index carries as another cursor stands on a row. It is moved with its index, not by itself. One thread at a time.</summary>
internal sealed class CarriedCursor : EntryCursor
{
    private readonly byte[] _key = new byte[EntryKey.BytesMax];
    private readonly Shape _shape;
    private byte[] _row = [];
    private int _keyBytes, _rowBytes;
    private DocumentVersion _version, _expiresAt;

    public CarriedCursor(CollectionId collection, IndexFields fields)
    {
        EntryKey.Prefix(collection).CopyTo(_key.AsSpan());
        _shape = CarriedRow.ShapeOf(fields);
    }

    public override ReadOnlySpan<byte> Key => _key.AsSpan(0, _keyBytes);

    public override DocumentVersion Version => _version;

    public override EntryKind Kind => EntryKind.Put;

    public override DocumentVersion ExpiresAt => _expiresAt;

    public override Shape Shape => _shape;

    public override ReadOnlySpan<byte> Row => _row.AsSpan(0, _rowBytes);

    public void Show(ReadOnlySpan<byte> carried)
    {
        var read = CarriedRow.Read(carried);
        read.IdKey.CopyTo(_key.AsSpan(EntryKey.CollectionBytes));
        _keyBytes = EntryKey.CollectionBytes + read.IdKey.Length;
        (_version, _expiresAt, _rowBytes) = (read.Version, read.ExpiresAt, read.Row.Length);
        // Kept, since the block that it lies in goes when the walk comes to the next one.
        if (_row.Length < _rowBytes) _row = new byte[_rowBytes * 2];
        read.Row.CopyTo(_row);
    }

    public override bool Seek(ReadOnlySpan<byte> key) => throw new InvariantViolationException("what an index carries is moved with it");

    public override bool MoveNext() => throw new InvariantViolationException("what an index carries is moved with it");
}
