// A document lies where the hash of its id says, so a filter that names ids needs to be asked in few partitions only. What counts
// is what every match must satisfy: of an `and` the part that names the fewest ids, of an `or` all parts or none.

using IngoDB.Abstractions;
using IngoDB.Grains.Catalog;
using IngoDB.Model;

namespace IngoDB.Grains.Coordination;

/// <summary>Which partitions can hold what a filter asks for: those of the ids when it names them, or else all.</summary>
internal static class IdScope
{
    public static IReadOnlyList<int> PartitionsOf(DatabaseMap map, Filter? where)
    {
        if (where is null || IdsOf(where) is not { } ids) return [.. Enumerable.Range(0, map.Partitions.Count)];
        var partitions = new SortedSet<int>();
        foreach (var value in ids)
            foreach (var id in AsIds(value)) partitions.Add(PartitionHash.PartitionOf(map, IdKeys.KeyOf(id).Span));
        return [.. partitions];
    }

    /// <summary>The ids that a document must have one of; null when any id may match.</summary>
    private static IReadOnlyList<Value>? IdsOf(Filter where) => where switch
    {
        CompareFilter { Operator: CompareOperator.Eq, Field.IsId: true } equal => [equal.Value],
        InFilter { Negated: false, Field.IsId: true } any => any.Values,
        AndFilter and => and.Args.Select(IdsOf).Where(ids => ids is not null).MinBy(ids => ids!.Count),
        OrFilter { Args.Count: > 0 } or => UnionOf(or.Args),
        _ => null,
    };

    /// <summary>Null when one of the arguments names no ids: any may match.</summary>
    private static List<Value>? UnionOf(IReadOnlyList<Filter> args)
    {
        var union = new List<Value>();
        foreach (var arg in args)
        {
            if (IdsOf(arg) is not { } ids) return null;
            union.AddRange(ids);
        }

        return union;
    }

    /// <summary>A string that reads as a uuid may mean either.</summary>
    private static IEnumerable<DocumentId> AsIds(Value value)
    {
        if (value.Kind == ValueKind.Uuid) yield return new(value.AsUuid());
        if (value.Kind != ValueKind.String) yield break;
        var text = value.AsString();
        if (text.Length is > 0 and <= DocumentId.StringBytesMax && System.Text.Encoding.UTF8.GetByteCount(text) <= DocumentId.StringBytesMax) yield return new(text);
        if (Guid.TryParse(text, out var uuid)) yield return new(uuid);
    }
}
