// Hot stretches of all fields (HotKeys), and what share of a collection they are: told by looking at a few hundred rows here and there, since
// no index is there to ask.

using System.Buffers;
using System.Collections.Concurrent;
using IngoDB.Engine.Entries;
using IngoDB.Engine.Indexing;
using IngoDB.Engine.Manifests;
using IngoDB.Engine.Sstables;
using IngoDB.Engine.Statistics;
using IngoDB.Model;

namespace IngoDB.Engine.Querying;

/// <summary>What queries look up, by field. Thread-safe.</summary>
internal sealed class HotFields(TimeProvider time)
{
    private const int FieldsMax = 256, SampleRows = 256;

    private readonly ConcurrentDictionary<(CollectionId Collection, string Path), HotKeys> _fields = new();

    /// <summary>Null when too many fields are asked already.</summary>
    public HotKeys? Of(CollectionId collection, string path)
        => _fields.TryGetValue((collection, path), out var known) ? known : _fields.Count >= FieldsMax ? null : _fields.GetOrAdd((collection, path), _ => new(time));

    public IReadOnlyList<KeyRange> RangesOf(CollectionId collection, string path) => _fields.TryGetValue((collection, path), out var known) ? known.Read().Ranges : [];

    /// <summary>Fields that are asked for stretches that come back, with the share of the rows that lies in them.</summary>
    public IReadOnlyList<HotStretch> Report(EngineState state, CollectionId collection)
    {
        var found = new List<HotStretch>();
        foreach (var ((of, path), keys) in _fields)
        {
            if (of != collection || keys.Read() is not { Runs: >= HotStretch.RunsMin, HitRate: >= HotStretch.HitRateMin } hot || !IndexFields.TryParse(path, out var fields)) continue;
            found.Add(new(path, ShareOf(state, collection, fields, hot.Ranges), hot.HitRate, hot.Runs));
        }

        return found;
    }

    public static double ShareOf(EngineState state, CollectionId collection, IndexFields fields, IReadOnlyList<KeyRange> ranges)
    {
        var (rows, inside) = (0, 0);
        var contents = new IndexContents(false, [.. ranges]);
        var total = state.Tables.Sum(table => QuerySources.RowsIn(table, collection));
        foreach (var table in state.Tables)
        {
            if (QuerySources.RowsIn(table, collection) is not (> 0 and var count)) continue;
            using var cursor = table.OpenCursor(new ReadCountersBox(), fillCache: false);
            if (!cursor.Seek(EntryKey.Prefix(collection))) continue;
            var first = cursor.RowId.Value;
            var samples = Math.Min(count, 1 + (SampleRows * count / total));
            for (var i = 0; i < samples; i++)
            {
                cursor.MoveTo(new(first + (uint)(i * count / samples)));
                if (cursor.Kind != EntryKind.Put) continue;
                rows++;
                if (IsInside(new(cursor.Shape, cursor.Row), fields, contents)) inside++;
            }
        }

        return rows == 0 ? 1 : Math.Max(inside, 1.0) / rows;
    }

    private static bool IsInside(RowReader row, IndexFields fields, IndexContents contents)
    {
        var value = new RowField(fields.First).Of(row);
        if (!fields.FansOut || value.Kind != ValueKind.Array) return contents.Has(KeyOf(value));
        for (var i = 0; i < value.ArrayLength; i++)
            if (contents.Has(KeyOf(value.ArrayElement(i)))) return true;
        return false;
    }

    private static byte[] KeyOf(EncodedValue value)
    {
        var key = new ArrayBufferWriter<byte>(32);
        OrderedKey.Append(value, key);
        return key.WrittenSpan.ToArray();
    }
}
