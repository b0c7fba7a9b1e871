// Results as encoded documents. A node is the document itself; edges and paths are made here, and name the documents they lead
// through by collection and id, together with what was selected of them:
//
//   reference   {collection, _id}                         with a select {collection, _id, document: {...}}
//   edge        {from: reference, to: reference, hop, label?, depth}
//   path        {nodes: [reference...], edges: [{hop, label?}...], depth}        a path that was searched for: and weight
//
// Their own _id is their number among the results ("0", "1", ...), they have no version. Written as bytes, by parts that are
// reused: nothing is allocated for one.

using System.Buffers;
using System.Text;
using IngoDB.Engine.Entries;
using IngoDB.Engine.Querying;
using IngoDB.Model;

namespace IngoDB.Engine.Traversing;

/// <summary>The current result. Reusable. One thread at a time.</summary>
internal sealed class ResultWriter(WalkScope scope, IReadOnlyList<Hop> hops, bool hasDocuments)
{
    private static readonly Shape Edge = Shape.Of(["from", "to", "hop", "depth"]);
    private static readonly Shape LabelledEdge = Shape.Of(["from", "to", "hop", "label", "depth"]);
    private static readonly Shape Path = Shape.Of(["nodes", "edges", "depth"]);
    private static readonly Shape WeightedPath = Shape.Of(["nodes", "edges", "depth", "weight"]);
    private static readonly byte[] ReferenceNames = Names("collection", FieldNames.Id);
    private static readonly byte[] ReferenceWithDocumentNames = Names("collection", FieldNames.Id, "document");
    private static readonly byte[] StepNames = Names("hop");
    private static readonly byte[] LabelledStepNames = Names("hop", "label");

    private readonly SequenceBuilder _row = new(), _inner = new(), _items = new();
    private readonly ArrayBufferWriter<byte> _rowBytes = new(256), _part = new(128), _list = new(256);
    private readonly byte[] _idKey = new byte[24];
    private readonly List<int> _path = [];
    private int _idKeyBytes, _node = -1;

    public ReadOnlySpan<byte> IdKey => _node >= 0 ? scope.Nodes.IdKeyOf(_node) : _idKey.AsSpan(0, _idKeyBytes);

    public DocumentVersion Version => _node >= 0 ? scope.Nodes.VersionOf(_node) : DocumentVersion.None;

    public Shape Shape { get; private set; } = Shape.SelfDescribed;

    public ReadOnlySpan<byte> Row => _node >= 0 ? scope.Nodes.RowOf(_node) : _rowBytes.WrittenSpan;

    public int Depth { get; private set; }

    /// <summary>Results written so far.</summary>
    public long Count { get; private set; }

    public void WriteNode(int node, int depth)
    {
        (_node, Depth, Shape) = (node, depth, scope.Nodes.ShapeOf(node));
        Count++;
    }

    public void WriteEdge(WalkList walks, int before, int walk)
    {
        var hop = scope.Stages.HopOf(walks[walk].Stage);
        Begin(walks[walk].Depth, hops[hop].Label is null ? Edge : LabelledEdge);
        AddReference(_row, walks[before].Node);
        AddReference(_row, walks[walk].Node);
        AddValue(_row, hop);
        if (hops[hop].Label is { } label) AddValue(_row, label);
        AddValue(_row, Depth);
        End();
    }

    public void WritePath(WalkList walks, int walk)
    {
        _path.Clear();
        for (var at = walk; at >= 0; at = walks[at].Before) _path.Add(at);
        _path.Reverse();
        WritePath(_path.Count - 1, i => walks[_path[i]].Node, i => scope.Stages.HopOf(walks[_path[i + 1]].Stage), weight: null);
    }

    /// <param name="depth">Steps of the path.</param>
    /// <param name="nodeAt">Its documents, from 0 to <paramref name="depth"/>.</param>
    /// <param name="hopAt">The hop of each step.</param>
    public void WritePath(int depth, Func<int, int> nodeAt, Func<int, int> hopAt, Value? weight)
    {
        Begin(depth, weight is null ? Path : WeightedPath);
        for (var i = 0; i <= depth; i++) AddReference(_items, nodeAt(i));
        AddList();
        for (var i = 0; i < depth; i++)
        {
            AddValue(_inner, hopAt(i));
            var label = hops[hopAt(i)].Label;
            if (label is not null) AddValue(_inner, label);
            AddInner(_items, label is null ? StepNames : LabelledStepNames);
        }

        AddList();
        AddValue(_row, depth);
        if (weight is { } sum) AddValue(_row, sum);
        End();
    }

    private void Begin(int depth, Shape shape)
    {
        (_node, Depth, Shape) = (-1, depth, shape);
        _row.Clear();
        _items.Clear();
        _idKey[0] = (byte)ValueKind.String;
        Count.TryFormat(_idKey.AsSpan(1), out var digits, provider: System.Globalization.CultureInfo.InvariantCulture);
        _idKeyBytes = 1 + digits;
    }

    private void End()
    {
        _rowBytes.ResetWrittenCount();
        _row.WriteTo(_rowBytes);
        Count++;
    }

    private void AddReference(SequenceBuilder target, int node)
    {
        var nodes = scope.Nodes;
        AddValue(_inner, nodes.CollectionOf(node));
        var idKey = nodes.IdKeyOf(node);
        _inner.Add(idKey[0], idKey[1..]);
        if (hasDocuments) AddDocument(node);
        AddInner(target, hasDocuments ? ReferenceWithDocumentNames : ReferenceNames);
    }

    private void AddDocument(int node)
    {
        var shape = scope.Nodes.ShapeOf(node);
        _part.ResetWrittenCount();
        if (!shape.IsSelfDescribed) _part.Write(Names([.. shape.Names]));
        _part.Write(scope.Nodes.RowOf(node));
        _inner.Add((byte)ValueKind.Document, _part.WrittenSpan);
    }

    private void AddInner(SequenceBuilder target, ReadOnlySpan<byte> names)
    {
        _part.ResetWrittenCount();
        _part.Write(names);
        _inner.WriteTo(_part);
        _inner.Clear();
        target.Add((byte)ValueKind.Document, _part.WrittenSpan);
    }

    private void AddList()
    {
        _list.ResetWrittenCount();
        _list.Advance(Varint.Write(_list.GetSpan(Varint.BytesMax), (uint)_items.Count));
        _items.WriteTo(_list);
        _items.Clear();
        _row.Add((byte)ValueKind.Array, _list.WrittenSpan);
    }

    private static void AddValue(SequenceBuilder target, Value value)
    {
        var encoded = new EncodedOperand(value).View;
        target.Add(encoded.Tag, encoded.Payload);
    }

    private static byte[] Names(params string[] names)
    {
        var bytes = new ArrayBufferWriter<byte>(64);
        bytes.Advance(Varint.Write(bytes.GetSpan(Varint.BytesMax), (uint)names.Length));
        foreach (var name in names)
        {
            bytes.Advance(Varint.Write(bytes.GetSpan(Varint.BytesMax), (uint)Encoding.UTF8.GetByteCount(name)));
            Encoding.UTF8.GetBytes(name, bytes);
        }

        return bytes.WrittenSpan.ToArray();
    }
}
