// What one definition takes from the rows of one table: their keys, kept in memory until the table is complete and
// then sorted. A table is bounded in bytes, so this is too.

using System.Buffers;
using System.Runtime.CompilerServices;
using IngoDB.Engine.Entries;
using IngoDB.Engine.Manifests;
using IngoDB.Engine.Sstables;
using IngoDB.Model;

namespace IngoDB.Engine.Indexing;

/// <summary>Collects the entries of one index of one table. One thread.</summary>
/// <param name="hot">Keys that a partial index takes now; null for one that is not partial.</param>
internal sealed class IndexKeys(IndexDefinition definition, KeyRange[]? hot = null) : IDisposable
{
    private readonly RowField[] _fields = [.. definition.Fields.Paths.Select(path => new RowField(path))];
    private readonly KeySorter _keys = new();
    private readonly ArrayBufferWriter<byte> _key = new(64);

    // What covering entries carry, by their ordinal, which then is what is sorted beside a key instead of the reference.
    private readonly CarriedRow.Writer? _carrier = definition.Fields.IsCovering ? new(definition.Fields) : null;
    private readonly KeyArena _carriedBytes = new();
    private readonly List<(uint Reference, long At, int Length)> _carried = [];

    public IndexDefinition Definition { get; } = definition;

    public IndexContents Contents { get; } = ContentsOf(definition, hot);

    public static IndexContents ContentsOf(IndexDefinition definition, KeyRange[]? hot) => definition.Fields is { IsCovering: false, IsPartial: false } ? IndexContents.Whole : new(definition.Fields.IsCovering, hot);

    /// <summary>Takes what the index wants of a row: nothing when it is a delete or of another collection.</summary>
    /// <param name="superseded">The row before it is a newer version of the same document.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Collect(in EntryView entry, RowId row, bool superseded)
    {
        if (entry.Kind != EntryKind.Put || EntryKey.CollectionOf(entry.Key) != Definition.Collection) return;
        var document = new RowReader(entry.Shape, entry.Row);
        var reference = new RowReference(row, superseded).Encoded;
        if (!Definition.Fields.FansOut)
        {
            AddWhole(document, entry, reference);
            return;
        }

        var value = _fields[0].Of(document);
        if (value.Kind == ValueKind.Array) AddElements(value, reference);
        else AddElement(value, reference);
    }

    /// <summary>Whether all that it takes of a row is the values of some fields (<see cref="CollectPut"/>).</summary>
    public bool TakesValues => _carrier is null && !Definition.Fields.FansOut;

    /// <summary>The same for a row that is known to be a put of the collection.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void CollectPut(Shape shape, ReadOnlySpan<byte> row, uint reference)
    {
        var document = new RowReader(shape, row);
        var length = 0;
        if (Contents.IsWhole && !shape.IsSelfDescribed)
        {
            var room = _keys.Room(_fields.Length * (row.Length + OrderedKey.FixedBytesMax));
            foreach (var field in _fields)
            {
                if (!OrderedKey.TryWrite(field.Of(document), room[length..], out var bytes))
                {
                    length = -1;
                    break;
                }

                length += bytes;
            }

            if (length is > 0 and <= KeySorter.ShortKeyBytesMax)
            {
                _keys.AddWritten(length, reference);
                return;
            }
        }

        _key.ResetWrittenCount();
        foreach (var field in _fields) OrderedKey.Append(field.Of(document), _key);
        Add(reference);
    }

    /// <summary>Writes the index file.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public TableIndexInfo Write(TableIndexWriter writer)
    {
        _keys.Sort();
        var lastTag = 0u;
        ReadOnlySpan<byte> lastKey = [];
        while (_keys.MoveNext())
        {
            var key = _keys.Key;
            var tag = _keys.Tag;
            // Equal elements of one array stand beside each other now: one entry is enough.
            if (tag == lastTag && key.SequenceEqual(lastKey)) continue;
            if (_carrier is null) writer.Add(key, RowReference.Decode(tag));
            else writer.Add(key, RowReference.Decode(_carried[(int)tag].Reference), _carriedBytes.At(_carried[(int)tag].At, _carried[(int)tag].Length));
            lastKey = key;
            lastTag = tag;
        }

        return writer.Finish();
    }

    public void Dispose()
    {
        _keys.Dispose();
        _carriedBytes.Dispose();
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void AddWhole(RowReader document, in EntryView entry, uint reference)
    {
        _key.ResetWrittenCount();
        foreach (var field in _fields) OrderedKey.Append(field.Of(document), _key);
        if (_carrier is null || !Contents.Has(_key.WrittenSpan))
        {
            Add(reference);
            return;
        }

        var carried = _carrier.Of(entry);
        _carried.Add((reference, _carriedBytes.Append(carried), carried.Length));
        Add((uint)_carried.Count - 1);
    }

    private void Add(uint tag)
    {
        if (Contents.Has(_key.WrittenSpan)) _keys.Add(_key.WrittenSpan, tag);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void AddElements(EncodedValue array, uint reference)
    {
        var count = array.ArrayLength;
        for (var i = 0; i < count; i++) AddElement(array.ArrayElement(i), reference);
    }

    private void AddElement(EncodedValue value, uint reference)
    {
        if (value.Kind is ValueKind.Missing or ValueKind.Null) return;
        _key.ResetWrittenCount();
        OrderedKey.Append(value, _key);
        Add(reference);
    }
}
