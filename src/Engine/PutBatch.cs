// Documents on their way into the engine, encoded by their writer into the very bytes that the log will store. The
// batch is kept and filled again, so that a thousand documents cost a thousand copies of their rows and nothing else:
// no list of writes, no row of their own, no list of results.
//
// What can be wrong with a document alone is found when it is added, on its writer's thread; what depends on the
// engine (its collections) when the batch is put. One thread at a time.

using IngoDB.Engine.Entries;
using IngoDB.Model;

namespace IngoDB.Engine;

/// <summary>Documents to be put, whatever is there now. Kept by its user; one thread at a time.</summary>
public sealed class PutBatch
{
    private const int ShapesRememberedMax = 4096;

    private readonly WriteBatchBuilder _builder = new();
    private readonly List<(CollectionId Collection, int Count)> _collections = [];
    private readonly HashSet<Shape> _known = [];
    private Shape[] _stored = [];
    private Shape? _latest;
    private bool _latestMayExpire;
    private bool _remembers;
    private RequestRowWriter? _requestRows;

    public int Count => _remembers ? _builder.Count - 1 : _builder.Count;

    /// <summary>Bytes of keys and rows so far.</summary>
    public int Bytes => _builder.Operations.Length;

    internal WriteBatchBuilder Builder => _builder;

    internal IReadOnlyList<(CollectionId Collection, int Count)> Collections => _collections;

    /// <summary>The shapes as <see cref="TryIntern"/> found them.</summary>
    internal ReadOnlySpan<Shape> Stored => _stored.AsSpan(0, _builder.Shapes.Length);

    internal bool Expires { get; private set; }

    public void Clear()
    {
        _builder.Clear();
        _collections.Clear();
        (Expires, _remembers) = (false, false);
    }

    /// <summary>Adds a document; one that is there under this id is replaced, an id that comes twice keeps the later one.</summary>
    /// <param name="collection">Where to.</param>
    /// <param name="id">Its <c>_id</c>.</param>
    /// <param name="shape">The names of its fields.</param>
    /// <param name="row">A valid row of <paramref name="shape"/>.</param>
    /// <exception cref="InvalidRequestException">A reserved field, a bad <c>_expires</c>, over a limit; nothing was added.</exception>
    public void Put(CollectionId collection, DocumentId id, Shape shape, ReadOnlySpan<byte> row)
    {
        if (!ReferenceEquals(shape, _latest)) Admit(shape);
        var expiresAt = _latestMayExpire || row.Length > RowFormat.DocumentBytesMax ? PutCheck.Row(shape, row) : DocumentVersion.None;
        Span<byte> key = stackalloc byte[EntryKey.BytesMax];
        key = key[..EntryKey.Write(key, collection, id)];
        _builder.Put((uint)Count, expiresAt, key, shape, row);
        Expires |= expiresAt != DocumentVersion.None;
        Note(collection);
    }

    /// <summary>The same for the row that a writer has just completed.</summary>
    public void Put(CollectionId collection, DocumentId id, DocWriter row) => Put(collection, id, row.Shape, row.Row);

    /// <summary>As the last operation, what is to be remembered of the request; nothing may be added after it.</summary>
    internal void Remember(in RequestKey request)
    {
        Invariant.Holds(!_remembers && Count > 0);
        Span<byte> key = stackalloc byte[EntryKey.BytesMax];
        key = key[..RequestRecord.WriteKey(key, request)];
        _builder.Put((uint)Count - 1, DocumentVersion.None, key, RequestRecord.Shape, (_requestRows ??= new()).Puts(request, Count));
        _remembers = true;
    }

    /// <summary>Finds the registry's objects for the shapes; false when it has no room for one.</summary>
    internal bool TryIntern(ShapeRegistry registry)
    {
        var shapes = _builder.Shapes;
        if (_stored.Length < shapes.Length) _stored = new Shape[shapes.Length * 2];
        for (var i = 0; i < shapes.Length; i++)
        {
            if (registry.TryIntern(shapes[i]) is not { } stored) return false;
            _stored[i] = stored;
        }

        return true;
    }

    /// <summary>The same documents as writes, for the way on which each is decided alone.</summary>
    internal List<EngineWrite> ToWrites()
    {
        var writes = new List<EngineWrite>(Count);
        var operations = new BatchOperations(_builder.Operations, _builder.Count, _builder.Shapes, "batch");
        while (writes.Count < Count && operations.TryNext(out var operation))
            writes.Add(new(WriteKind.Upsert, EntryKey.CollectionOf(operation.Key), EntryKey.IdOf(operation.Key)) { Shape = operation.Shape, Row = operation.Row.ToArray() });
        return writes;
    }

    private void Admit(Shape shape)
    {
        if (_known.Count >= ShapesRememberedMax) _known.Clear();
        if (!_known.Contains(shape)) PutCheck.Names(shape);
        _known.Add(shape);
        (_latest, _latestMayExpire) = (shape, shape.OrdinalOf(FieldNames.Expires) >= 0);
    }

    private void Note(CollectionId collection)
    {
        if (_collections.Count > 0 && _collections[^1] is var (latest, count) && latest == collection) _collections[^1] = (latest, count + 1);
        else _collections.Add((collection, 1));
    }
}
