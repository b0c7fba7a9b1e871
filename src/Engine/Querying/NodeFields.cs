using System.Buffers.Binary;
using IngoDB.Engine.Entries;
using IngoDB.Model;

namespace IngoDB.Engine.Querying;

/// <summary>The join values of nodes: what stands at a field, arrays fanned out, null and missing left out. One thread at a time.</summary>
internal sealed class NodeFields(FieldPath path)
{
    private readonly FieldAccess _field = new(path);
    private readonly byte[] _versionBytes = new byte[8];

    public IReadOnlyList<Value> ValuesOf(GraphNode node)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(_versionBytes, node.Version.Raw);
        Span<byte> key = stackalloc byte[EntryKey.BytesMax];
        node.IdKey.Span.CopyTo(key[EntryKey.CollectionBytes..]);
        var value = _field.Of(new FilterInput(key[..(EntryKey.CollectionBytes + node.IdKey.Length)], _versionBytes, node.Shape, node.Row.Span));
        if (value.Kind is ValueKind.Missing or ValueKind.Null) return [];
        if (value.Kind != ValueKind.Array) return [value.Decode()];

        var values = new List<Value>();
        var count = value.ArrayLength;
        for (var i = 0; i < count; i++)
            if (value.ArrayElement(i) is { Kind: not ValueKind.Null } element) values.Add(element.Decode());
        return values;
    }
}
