// The documents of a collection as numbers, in the order of their ids: with a set of tables given, which never change, document n
// is always the same one, and lies always in the same row. So sets of documents are bits, their order is that of the bits, and nobody
// has to hash an id to know whether a document was met before.
//
//   tables    7: a c d(older) e     9 (newer): b d       documents   0 a   1 b   2 c   3 d   4 e
//                                                        rows       7:0   9:0   7:1   9:1   7:3

using System.Collections.Immutable;
using IngoDB.Engine.Entries;
using IngoDB.Engine.Manifests;
using IngoDB.Engine.Querying;
using IngoDB.Engine.Sstables;
using IngoDB.Model;

namespace IngoDB.Engine.Adjacency;

/// <summary>What some tables together hold of a collection. Immutable; thread-safe.</summary>
/// <param name="Tables">Those that hold rows of the collection, as the state has them.</param>
/// <param name="TableOf">By document, an index into <paramref name="Tables"/>; empty: there is one table.</param>
/// <param name="RowOf">By document, the row in its table.</param>
internal sealed record CollectionMap(CollectionId Collection, ImmutableArray<Sstable> Tables, IdList Ids, byte[] TableOf, uint[] RowOf)
{
    public const int TablesMax = byte.MaxValue;

    public int Count => Ids.Count;

    public long Bytes => Ids.Bytes + TableOf.Length + ((long)sizeof(uint) * RowOf.Length);

    public int TableAt(int document) => TableOf.Length == 0 ? 0 : TableOf[document];

    /// <summary>The tables of a state that hold rows of a collection, newest first.</summary>
    public static ImmutableArray<Sstable> TablesOf(EngineState state, CollectionId collection)
        => [.. state.Tables.Where(table => QuerySources.RowsIn(table, collection) > 0)];

    /// <summary>A state has no other tables of the collection.</summary>
    public bool IsAllOf(EngineState state) => TablesOf(state, Collection).SequenceEqual(Tables);

    /// <summary>
    /// What a state has of the collection beside these tables: false when one of them is no longer there, when the read point does not see
    /// all of them, or when a table beside them may be older.
    /// </summary>
    public bool TryFindBeside(EngineState state, ReadPoint at, out ImmutableArray<Sstable> beside)
    {
        var now = TablesOf(state, Collection);
        beside = now.RemoveRange(Tables);
        if (now.Length - beside.Length != Tables.Length) return false;
        var newest = DocumentVersion.None;
        foreach (var table in Tables)
            if (table.NewestVersion > newest) newest = table.NewestVersion;
        return at.Sees(newest) && beside.All(table => table.OldestVersion > newest);
    }
}
