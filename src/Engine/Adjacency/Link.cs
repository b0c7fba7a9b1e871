// One way to step from document to document: the values at a field of one collection, and the documents of another that hold them.
// Values are numbers (keys), so that a step of a whole frontier is two passes over arrays, and whether a value was asked for before
// is a bit:
//
//   document ──KeysOf──► keys ──DocumentsOf──► documents
//
// Where the step leads to `_id` a key below the number of documents is the document itself; the keys behind are ids that no document
// has yet. Made of tables, which never change, so it never changes; what is written later is put beside it by each walk (LaterLinks).

using IngoDB.Engine.Entries;
using IngoDB.Engine.Traversing;
using IngoDB.Model;

namespace IngoDB.Engine.Adjacency;

/// <summary>Which step: fields as their text.</summary>
internal sealed record LinkName(CollectionId From, string Field, CollectionId To, string Target)
{
    public string Text(Func<CollectionId, string> nameOf) => $"{nameOf(From)}.{Field} -> {nameOf(To)}.{Target}";
}

/// <summary>The step over all documents of both maps. Immutable; thread-safe.</summary>
/// <param name="KeysOf">By document of <paramref name="From"/>.</param>
/// <param name="Keys">Key bytes to numbers. With <paramref name="IsById"/> only those of no document, from 0.</param>
/// <param name="DocumentsByKey">By key; null when the step is by id.</param>
internal sealed record Link(CollectionMap From, CollectionMap To, NumberLists KeysOf, KeyTable Keys, NumberLists? DocumentsByKey)
{
    public bool IsById => DocumentsByKey is null;

    /// <summary>Keys are below it.</summary>
    public int KeyCount => IsById ? To.Count + Keys.Count : Keys.Count;

    /// <summary>Memory of the maps, which links may share, included.</summary>
    public long Bytes => KeysOf.Bytes + Keys.Bytes + (DocumentsByKey?.Bytes ?? 0) + From.Bytes + (ReferenceEquals(From, To) ? 0 : To.Bytes);

    /// <summary>The number of a key; -1 when it has none.</summary>
    public int FindKey(ReadOnlySpan<byte> key)
    {
        if (IsById && To.Ids.Find(key) is var document and >= 0) return document;
        var number = Keys.Find(key);
        return number < 0 || !IsById ? number : To.Count + number;
    }
}
