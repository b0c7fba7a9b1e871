// One hop made ready: how its values are read on either side, what of a document has to be there for it, and the numbers of
// its join values. Where the target is `_id` a value is a document, so the numbers are those of the documents themselves:
// whether it was visited is known before it is asked for.

using IngoDB.Engine.Querying;
using IngoDB.Model;

namespace IngoDB.Engine.Traversing;

/// <summary>A hop of one traversal. One thread at a time.</summary>
internal sealed class HopPlan(Hop hop, int collection, NodeTable nodes)
{
    private readonly KeyTable? _keys = hop.To.Field.WithoutFanOut.IsId ? null : new();

    public Hop Hop => hop;

    /// <summary>The number of the collection it leads to.</summary>
    public int Collection => collection;

    public bool IsById => _keys is null;

    /// <summary>Values of the documents it leaves.</summary>
    public KeyReader From { get; } = new(hop.Field);

    /// <summary>Values of the documents it reaches.</summary>
    public KeyReader To { get; } = new(hop.To.Field);

    public CompiledFilter? Prune { get; } = hop.Prune is null ? null : new(hop.Prune);

    /// <summary>Join values that have a number.</summary>
    public int KeyCount => _keys?.Count ?? nodes.Count;

    /// <summary>Memory that it holds; documents are counted elsewhere.</summary>
    public long Bytes => _keys?.Bytes ?? 0;

    public int Intern(ReadOnlySpan<byte> key) => _keys is null ? nodes.Intern(collection, key) : _keys.Intern(key);

    public int Find(ReadOnlySpan<byte> key) => _keys is null ? nodes.Find(collection, key) : _keys.Find(key);

    public ReadOnlySpan<byte> KeyOf(int number) => _keys is null ? nodes.IdKeyOf(number) : _keys[number];

    /// <summary>What is read of its documents to go on from them, besides what is wanted of results.</summary>
    public IEnumerable<FieldPath> FieldsRead => new[] { hop.To.Field }.Concat(hop.Prune is null ? [] : FilterPaths.Of(hop.Prune));
}

/// <summary>Some join values of one hop.</summary>
internal sealed class NumberedKeys(HopPlan hop, int[] numbers, int count) : JoinKeys
{
    public override int Count => count;

    public override ReadOnlySpan<byte> this[int index] => hop.KeyOf(numbers[index]);
}

/// <summary>Which places of a document a filter looks at.</summary>
internal static class FilterPaths
{
    public static IEnumerable<FieldPath> Of(Filter filter) => filter switch
    {
        AndFilter f => f.Args.SelectMany(Of),
        OrFilter f => f.Args.SelectMany(Of),
        NotFilter f => Of(f.Arg),
        AnyFilter f => [f.Field],
        CompareFilter f => [f.Field],
        RangeFilter f => [f.Field],
        InFilter f => [f.Field],
        ExistsFilter f => [f.Field],
        TextFilter f => [f.Field],
        TypeFilter f => [f.Field],
        SizeFilter f => [f.Field],
        _ => throw new InvalidOperationException("no such filter"),
    };
}
