using System.Buffers;
using IngoDB.Model;

namespace IngoDB.Engine.Querying;

/// <summary>Documents that are in memory already, as a stream.</summary>
internal sealed class ListStream(IReadOnlyList<StoredDocument> documents) : DocumentStream
{
    private readonly ArrayBufferWriter<byte> _row = new(256);
    private readonly byte[] _idKey = new byte[DocumentId.KeyBytesMax];
    private int _idKeyLength;
    private int _index = -1;
    private Shape _shape = Shape.SelfDescribed;

    public override ReadOnlySpan<byte> IdKey => _idKey.AsSpan(0, _idKeyLength);

    public override DocumentVersion Version => documents[_index].Version;

    public override Shape Shape => _shape;

    public override ReadOnlySpan<byte> Row => _row.WrittenSpan;

    /// <summary>Documents come in the order of the list; there is no key.</summary>
    public override ReadOnlySpan<byte> OrderKey => default;

    public override QueryWork Work => new(documents.Count, Math.Max(0, _index + 1), 0, 0, 0, "list");

    public override bool MoveNext()
    {
        if (_index + 1 >= documents.Count) return false;
        var document = documents[++_index];
        _idKeyLength = document.Id.WriteKey(_idKey);
        _shape = Shape.Of(document.Fields);
        _row.ResetWrittenCount();
        RowWriter.Write(document.Fields, _row);
        return true;
    }
}
