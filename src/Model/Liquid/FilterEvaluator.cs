// The plainest possible reading of docs/semantics.md, over decoded documents: the naive model that every faster path
// is compared with. One case per kind of filter, each saying what it says on that page; no caching, no short cuts
// beyond those of && and ||.
//
// A missing field satisfies missing, ne, nin and not(...), and nothing else.

using System.Runtime.CompilerServices;

namespace IngoDB.Model;

/// <summary>The plainest possible reading of the semantics, over decoded documents: the naive model that every faster path is compared with.</summary>
public static class FilterEvaluator
{
    public static bool Matches(Filter? filter, StoredDocument document)
        => filter is null || Matches(filter, new FilterScope(document, Value.Missing));

    private static bool Matches(Filter filter, FilterScope scope)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        return filter switch
        {
            CompareFilter f => Compares(f.Operator, scope[f.Field], f.Value),
            RangeFilter f => InRange(f, scope[f.Field]),
            InFilter f => f.Values.Any(value => EqualTo(scope[f.Field], value)) != f.Negated,
            ExistsFilter f => scope[f.Field].IsMissing == f.Negated,
            TextFilter f => scope[f.Field] is { Kind: ValueKind.String } text && TextMatches(f, text.AsString()),
            TypeFilter f => HasType(scope[f.Field].Kind, f.Type),
            SizeFilter f => scope[f.Field] is { Kind: ValueKind.Array } array && HasSize(array.AsArray().Length, f),
            AnyFilter f => scope[f.Field] is { Kind: ValueKind.Array } array && AnyElement(array.AsArray(), f.Where),
            AndFilter f => f.Args.All(arg => Matches(arg, scope)),
            OrFilter f => f.Args.Any(arg => Matches(arg, scope)),
            NotFilter f => !Matches(f.Arg, scope),
            _ => throw new InvalidRequestException("query.unknown_operator", $"No filter is a {filter.GetType().Name}."),
        };
    }

    private static bool Compares(CompareOperator comparison, in Value value, in Value operand) => comparison switch
    {
        CompareOperator.Eq => EqualTo(value, operand),
        CompareOperator.Ne => !EqualTo(value, operand),
        CompareOperator.Gt => SameClass(value, operand, out var coerced) && value > coerced,
        CompareOperator.Gte => SameClass(value, operand, out var coerced) && value >= coerced,
        CompareOperator.Lt => SameClass(value, operand, out var coerced) && value < coerced,
        _ => SameClass(value, operand, out var coerced) && value <= coerced,
    };

    private static bool EqualTo(in Value value, in Value operand) => !value.IsMissing && value == OperandCoercion.For(operand, value.Kind);

    private static bool SameClass(in Value value, in Value operand, out Value coerced)
    {
        coerced = OperandCoercion.For(operand, value.Kind);
        return !value.IsMissing && ValueOrder.SameClass(value.Kind, coerced.Kind);
    }

    private static bool InRange(RangeFilter range, in Value value)
    {
        var lowIncluded = range.Bounds is RangeBounds.Closed or RangeBounds.ClosedOpen;
        var highIncluded = range.Bounds is RangeBounds.Closed or RangeBounds.OpenClosed;
        return !value.IsMissing
            && (range.Low.IsMissing || Compares(lowIncluded ? CompareOperator.Gte : CompareOperator.Gt, value, range.Low))
            && (range.High.IsMissing || Compares(highIncluded ? CompareOperator.Lte : CompareOperator.Lt, value, range.High));
    }

    private static bool TextMatches(TextFilter filter, string text)
    {
        var comparison = filter.Fold ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;
        return filter.Operator switch
        {
            TextOperator.Prefix => text.StartsWith(filter.Value, comparison),
            TextOperator.Contains => text.Contains(filter.Value, comparison),
            _ => FilterPattern.Of(filter).IsMatch(text),
        };
    }

    private static bool HasType(ValueKind kind, TypeName type) => type switch
    {
        TypeName.Null => kind == ValueKind.Null,
        TypeName.Bool => kind == ValueKind.Bool,
        TypeName.Number => kind is >= ValueKind.Int64 and <= ValueKind.Decimal,
        TypeName.String => kind == ValueKind.String,
        TypeName.Bytes => kind == ValueKind.Bytes,
        TypeName.Uuid => kind == ValueKind.Uuid,
        TypeName.Date => kind == ValueKind.Timestamp,
        TypeName.Array => kind == ValueKind.Array,
        _ => kind == ValueKind.Document,
    };

    private static bool HasSize(int length, SizeFilter size) => !(length < size.Low) && !(length > size.High);

    private static bool AnyElement(ReadOnlyMemory<Value> elements, Filter where)
    {
        foreach (var element in elements.Span)
            if (Matches(where, new FilterScope(null, element))) return true;
        return false;
    }
}

/// <summary>What the paths of a filter are relative to: the document, or inside <c>any</c> the element.</summary>
internal sealed record FilterScope(StoredDocument? Document, Value Element)
{
    public Value this[FieldPath path] => Document is null ? path.InElement(Element) : path.In(Document);
}
