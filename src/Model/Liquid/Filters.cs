// The filters of the Liquid AST, as records: queries are data, so they are built, stored, compared and sent as
// values. Their exact meaning is in docs/semantics.md; their JSON in docs/liquid-ast.schema.json.

namespace IngoDB.Model;

public abstract record Filter
{
    /// <summary>True for every document (an <c>and</c> of nothing; only in code, JSON refuses it).</summary>
    public static Filter All { get; } = new AndFilter([]);

    public static Filter Eq(FieldPath field, Value value) => new CompareFilter(CompareOperator.Eq, field, value);

    public static Filter Ne(FieldPath field, Value value) => new CompareFilter(CompareOperator.Ne, field, value);

    public static Filter Gt(FieldPath field, Value value) => new CompareFilter(CompareOperator.Gt, field, value);

    public static Filter Gte(FieldPath field, Value value) => new CompareFilter(CompareOperator.Gte, field, value);

    public static Filter Lt(FieldPath field, Value value) => new CompareFilter(CompareOperator.Lt, field, value);

    public static Filter Lte(FieldPath field, Value value) => new CompareFilter(CompareOperator.Lte, field, value);

    public static Filter Range(FieldPath field, Value low, Value high, RangeBounds bounds = RangeBounds.ClosedOpen) => new RangeFilter(field, low, high, bounds);

    public static Filter In(FieldPath field, params Value[] values) => new InFilter(field, values);

    public static Filter Exists(FieldPath field) => new ExistsFilter(field);

    public static Filter Any(FieldPath field, Filter where) => new AnyFilter(field, where);

    public static Filter And(params Filter[] args) => new AndFilter(args);

    public static Filter Or(params Filter[] args) => new OrFilter(args);

    public static Filter Not(Filter arg) => new NotFilter(arg);
}

public enum CompareOperator { Eq, Ne, Gt, Gte, Lt, Lte }

public enum RangeBounds
{
    /// <summary><c>[)</c>, the default.</summary>
    ClosedOpen,

    /// <summary><c>[]</c></summary>
    Closed,

    /// <summary><c>()</c></summary>
    Open,

    /// <summary><c>(]</c></summary>
    OpenClosed,
}

public enum TextOperator { Prefix, Contains, Matches }

/// <summary>What a <c>type</c> filter asks for.</summary>
public enum TypeName { Null, Bool, Number, String, Bytes, Uuid, Date, Array, Object }

public sealed record CompareFilter(CompareOperator Operator, FieldPath Field, Value Value) : Filter;

/// <summary>A bound that is Missing is open on that side; at least one is given.</summary>
public sealed record RangeFilter(FieldPath Field, Value Low, Value High, RangeBounds Bounds) : Filter;

public sealed record InFilter(FieldPath Field, IReadOnlyList<Value> Values, bool Negated = false) : Filter;

/// <summary><c>exists</c> (null counts), or <c>missing</c> when negated.</summary>
public sealed record ExistsFilter(FieldPath Field, bool Negated = false) : Filter;

public sealed record TextFilter(TextOperator Operator, FieldPath Field, string Value, bool Fold = false) : Filter;

public sealed record TypeFilter(FieldPath Field, TypeName Type) : Filter;

/// <summary>The length of an array, from <paramref name="Low"/> to <paramref name="High"/>, both included.</summary>
public sealed record SizeFilter(FieldPath Field, long? Low, long? High) : Filter;

/// <summary>Some element of the array matches; inside, <c>$</c> is the element.</summary>
public sealed record AnyFilter(FieldPath Field, Filter Where) : Filter;

public sealed record AndFilter(IReadOnlyList<Filter> Args) : Filter;

public sealed record OrFilter(IReadOnlyList<Filter> Args) : Filter;

public sealed record NotFilter(Filter Arg) : Filter;
