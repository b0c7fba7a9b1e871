// Many point reads at one read point.

using IngoDB.Engine.Entries;
using IngoDB.Engine.Manifests;
using IngoDB.Engine.Sstables;
using IngoDB.Model;

namespace IngoDB.Engine.Querying;

/// <summary>Point reads of many keys of one collection. Answers are those of <see cref="PointReader"/>.</summary>
internal static class MultiReader
{
    /// <summary>The i-th result is that of the i-th id; returns how many were found.</summary>
    public static int Read(EngineState state, ReadPoint at, CollectionId collection, ReadOnlySpan<DocumentId> ids, Span<RowResult> results, ref ReadCounters counters)
    {
        Span<byte> key = stackalloc byte[EntryKey.BytesMax];
        var found = 0;
        for (var i = 0; i < ids.Length; i++)
        {
            var length = EntryKey.Write(key, collection, ids[i]);
            var isThere = PointReader.TryGet(state, at, key[..length], ref counters, out var hit);
            results[i] = isThere ? new(hit.Version, hit.Shape, hit.Row) : default;
            if (isThere) found++;
        }

        return found;
    }
}
