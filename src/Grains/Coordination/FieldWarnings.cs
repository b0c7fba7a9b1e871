// A field that no document has is no error, but worth a word: most often it is a mistake in spelling. Whether it is, only all
// partitions together can say. A partition that knows a name is enough to say nothing, and mostly one of this silo does, so that
// nothing is sent; only what looks wrong from here is asked of all. Names are those of the whole database: shapes are not kept by collection.

using IngoDB.Abstractions;
using IngoDB.Model;

namespace IngoDB.Grains.Coordination;

/// <summary>Warnings about fields that a query names. Thread-safe.</summary>
internal sealed class FieldWarnings(LocalPartitions partitions)
{
    public async ValueTask<string[]> OfAsync(RequestScope scope, Query query)
    {
        var fields = QueryFields.Of(query);
        if (fields.Count == 0 || AreKnownHere(scope, fields)) return [];
        var replies = await scope.ToAllAsync(grain => grain.FieldNamesAsync(scope.Cancellation), static reply => reply.Fault).ConfigureAwait(false);
        var known = new HashSet<string>(StringComparer.Ordinal);
        foreach (var reply in replies)
        {
            // A partition that cannot be asked, or does not know, may have what the others have not.
            if (reply is null || SingleDocument.Read(reply.Value)!["names"] is not { Kind: ValueKind.Array } names) return [];
            foreach (var name in names.AsArray().Span) known.Add(name.AsString());
        }

        return UnknownFields.Warnings(fields, known);
    }

    /// <summary>Each is known to some partition of this silo, or one of them cannot say.</summary>
    private bool AreKnownHere(RequestScope scope, IReadOnlyList<(string Name, string Pointer)> fields)
    {
        var here = partitions.Of(scope.Map);
        foreach (var (name, _) in fields)
        {
            var isKnown = false;
            foreach (var partition in here)
            {
                if (partition is null) continue;
                if (partition.Engine.KnownFields is not { } names) return true;
                if (isKnown = names.Contains(name)) break;
            }

            if (!isKnown) return false;
        }

        return true;
    }
}
