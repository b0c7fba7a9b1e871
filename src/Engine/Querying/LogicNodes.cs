// The nodes that combine others, and those that ask for a field's presence, kind or size. Comparisons and texts have
// files of their own.

using IngoDB.Model;

namespace IngoDB.Engine.Querying;

internal sealed class AndNode(FilterNode[] args) : FilterNode
{
    public override bool Matches(in FilterInput input)
    {
        foreach (var arg in args)
            if (!arg.Matches(input)) return false;
        return true;
    }
}

internal sealed class OrNode(FilterNode[] args) : FilterNode
{
    public override bool Matches(in FilterInput input)
    {
        foreach (var arg in args)
            if (arg.Matches(input)) return true;
        return false;
    }
}

internal sealed class NotNode(FilterNode arg) : FilterNode
{
    public override bool Matches(in FilterInput input) => !arg.Matches(input);
}

/// <summary>The field is there; null counts.</summary>
internal sealed class ExistsNode(FieldAccess field) : FilterNode
{
    public override bool Matches(in FilterInput input) => !field.Of(input).IsMissing;
}

internal sealed class TypeNode(FieldAccess field, TypeName type) : FilterNode
{
    private readonly ValueKind _kind = KindOf(type);

    /// <summary>A kind of the class that the type names.</summary>
    public static ValueKind KindOf(TypeName type) => type switch
    {
        TypeName.Null => ValueKind.Null,
        TypeName.Bool => ValueKind.Bool,
        TypeName.Number => ValueKind.Int64,
        TypeName.String => ValueKind.String,
        TypeName.Bytes => ValueKind.Bytes,
        TypeName.Uuid => ValueKind.Uuid,
        TypeName.Date => ValueKind.Timestamp,
        TypeName.Array => ValueKind.Array,
        _ => ValueKind.Document,
    };

    public override bool Matches(in FilterInput input) => ValueOrder.SameClass(field.Of(input).Kind, _kind);
}

/// <summary>The length of an array; other kinds have none.</summary>
internal sealed class SizeNode(FieldAccess field, long low, long high) : FilterNode
{
    public override bool Matches(in FilterInput input)
    {
        var value = field.Of(input);
        return value.Kind == ValueKind.Array && value.ArrayLength >= low && value.ArrayLength <= high;
    }
}

/// <summary>Some element of the array satisfies the inner filter, whose paths are relative to the element.</summary>
internal sealed class AnyNode(FieldAccess field, FilterNode where) : FilterNode
{
    public override bool Matches(in FilterInput input)
    {
        var array = field.Of(input);
        var count = array.ArrayLength;
        for (var i = 0; i < count; i++)
            if (where.Matches(input.With(array.ArrayElement(i)))) return true;
        return false;
    }
}
