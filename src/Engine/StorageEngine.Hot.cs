// Partial indexes take the hot stretch of their field as it is when a file is written: by a build, a flush or a merge. Between two of
// these, questions beside it go another way; once they have cost what writing the index again costs, it is written again.

using IngoDB.Engine.Entries;
using IngoDB.Engine.Indexing;
using IngoDB.Engine.Manifests;
using IngoDB.Engine.Querying;
using IngoDB.Engine.Statistics;

namespace IngoDB.Engine;

public sealed partial class StorageEngine
{
    /// <summary>Keys that a file of the index would have if it were written now; null when it is not partial.</summary>
    private KeyRange[]? HotRangesOf(IndexDefinition index)
    {
        if (!index.Fields.IsPartial) return null;
        var asked = _queries.Hot.RangesOf(index.Collection, index.Fields.BaseText);
        // Nobody has asked since the engine was opened: what its files have was hot before.
        return [.. asked.Count > 0 ? KeyRanges.Normalize(asked) : _queries.RangesOfFiles(_state, index)];
    }

    /// <summary>True: a partial index is written again, since questions beside its stretch have paid for it.</summary>
    private bool ExtendHot()
    {
        foreach (var index in _state.Manifest.Indexes.Values.Where(index => index.Fields.IsPartial))
        {
            var keys = _queries.Hot.Of(index.Collection, index.Fields.BaseText);
            if (keys?.Read() is not { HitRate: >= HotStretch.HitRateMin } hot) continue;
            var (rows, costs) = (QueryEngine.RowsOf(_state, index.Collection), _queries.Statistics.Costs);
            if (!keys.TakePaid(costs.Build(rows, HotStretch.ShareMax))) continue;
            if (HotFields.ShareOf(_state, index.Collection, index.Fields, hot.Ranges) > HotStretch.ShareMax) continue;
            DropIndex(index.Collection, index.Fields, "its hot stretch has moved");
            DefineIndex(index.Collection, index.Fields, index.Cause);
            return true;
        }

        return false;
    }
}
