// Our filters as SQLite's SQL over a column of JSON. SQL has three truth values and its own ideas of comparing an integer with a
// text; so every leaf asks for the type first, and every leaf is made 0 or 1:
//
//   gt n 5      coalesce(json_type(doc,'$.n') in ('integer','real') and json_extract(doc,'$.n') > 5, 0)
//   any t ...   coalesce(case when json_type(doc,'$.t') = 'array' then exists (select 1 from json_each(json_extract(doc,'$.t')) e1 where ...) end, 0)

using IngoDB.Model;
using Microsoft.Data.Sqlite;

namespace IngoDB.Tests.Oracles;

/// <summary>One question as a command.</summary>
internal sealed class SqlTranslation(SqliteCommand command)
{
    private int _elements, _parameters;

    public void Write(ScanQuery question)
    {
        var order = string.Concat(question.Sort.Select(Order)) + "id";
        var limit = question.Limit is { } count ? string.Create(System.Globalization.CultureInfo.InvariantCulture, $" limit {count}") : "";
        command.CommandText = $"select id from things where {Of(question.Where ?? Filter.All, "doc", "$")} order by {order}{limit}";
    }

    /// <summary>Groups in the order of their values, a row each: type and value of each part of the key, then what was computed.</summary>
    public void Write(AggregateQuery question)
    {
        var keys = question.By.Select(path => Place("doc", "$", path)).ToList();
        var columns = keys.SelectMany(key => (string[])[KindOf(key), key.Value]).Concat(question.Compute.Select(named => Computed(named.Value)));
        var group = keys.Count == 0 ? "" : $" group by {string.Join(", ", keys.SelectMany(key => (string[])[KindOf(key), key.Value]))}";
        var having = question.Having is null ? "" : " having count(*) > 1";
        var order = keys.Count == 0 ? "" : $" order by {(question.Sort.Count > 0 ? "count(*) desc, " : "")}{string.Join(", ", keys.SelectMany(key => (string[])[KindOf(key), key.Value]))}";
        var limit = question.Limit is { } count ? string.Create(System.Globalization.CultureInfo.InvariantCulture, $" limit {count}") : "";
        command.CommandText = $"select {string.Join(", ", columns)} from things where {Of(question.Where ?? Filter.All, "doc", "$")}{group}{having}{order}{limit}";
    }

    private static string Computed(Accumulator accumulator)
    {
        if (accumulator.Field is not { } field) return "count(*)";
        var (type, value) = Place("doc", "$", field);
        return accumulator.Function switch
        {
            AccumulatorFunction.Count => $"count({type})",
            AccumulatorFunction.Distinct => $"count(distinct {value})",
            AccumulatorFunction.Min => $"min({value})",
            _ => $"max({value})",
        };
    }

    /// <summary>How kinds of values sort; those of one rank are compared as values, and 1 and 1.0 are one group.</summary>
    private static string KindOf((string Type, string Value) place)
        => $"(case {place.Type} when 'null' then 1 when 'true' then 2 when 'false' then 2 when 'integer' then 3 when 'real' then 3 when 'text' then 4 else 0 end)";

    private string Order(SortKey key)
    {
        var (type, value) = Place("doc", "$", key.Field);
        var rank = KindOf((type, value));
        var nulls = key.Nulls switch { NullsOrder.First => $"({rank} <= 1) desc, ", NullsOrder.Last => $"({rank} <= 1), ", _ => "" };
        var direction = key.Descending ? " desc" : "";
        return $"{nulls}{rank}{direction}, {value}{direction}, ";
    }

    private string Of(Filter filter, string json, string root) => filter switch
    {
        AndFilter and => and.Args.Count == 0 ? "1" : $"({string.Join(" and ", and.Args.Select(arg => Of(arg, json, root)))})",
        OrFilter or => or.Args.Count == 0 ? "0" : $"({string.Join(" or ", or.Args.Select(arg => Of(arg, json, root)))})",
        NotFilter not => $"(not {Of(not.Arg, json, root)})",
        CompareFilter { Operator: CompareOperator.Ne } ne => $"(not {Of(ne with { Operator = CompareOperator.Eq }, json, root)})",
        CompareFilter compare => Leaf(Compare(Place(json, root, compare.Field), compare.Operator, compare.Value)),
        RangeFilter range => Leaf(Range(Place(json, root, range.Field), range)),
        InFilter within => $"({(within.Negated ? "not" : "")}({string.Join(" or ", within.Values.Select(value => Leaf(Compare(Place(json, root, within.Field), CompareOperator.Eq, value))))}))",
        ExistsFilter exists => $"({Place(json, root, exists.Field).Type} is {(exists.Negated ? "" : "not ")}null)",
        TextFilter text => Leaf(Text(Place(json, root, text.Field), text)),
        TypeFilter type => Leaf($"{Place(json, root, type.Field).Type} in ({TypesOf(type.Type)})"),
        SizeFilter size => Leaf(Size(Place(json, root, size.Field), size)),
        AnyFilter any => Any(Place(json, root, any.Field), any.Where),
        _ => throw new NotSupportedException(filter.GetType().Name),
    };

    private static string Leaf(string condition) => $"coalesce({condition}, 0)";

    private string Compare((string Type, string Value) place, CompareOperator op, Value operand)
    {
        var sql = op switch { CompareOperator.Eq => "=", CompareOperator.Gt => ">", CompareOperator.Gte => ">=", CompareOperator.Lt => "<", _ => "<=" };
        if (operand.IsNull) return sql.Contains('=', StringComparison.Ordinal) ? $"{place.Type} = 'null'" : "0";
        var types = operand.Kind switch { ValueKind.Bool => "'true','false'", ValueKind.String => "'text'", _ => "'integer','real'" };
        return $"({place.Type} in ({types}) and {place.Value} {sql} {Parameter(operand)})";
    }

    private string Range((string Type, string Value) place, RangeFilter range)
    {
        var low = Compare(place, range.Bounds is RangeBounds.Closed or RangeBounds.ClosedOpen ? CompareOperator.Gte : CompareOperator.Gt, range.Low);
        var high = Compare(place, range.Bounds is RangeBounds.Closed or RangeBounds.OpenClosed ? CompareOperator.Lte : CompareOperator.Lt, range.High);
        return $"({low} and {high})";
    }

    private string Text((string Type, string Value) place, TextFilter text)
    {
        var part = Parameter(text.Value);
        return text.Operator == TextOperator.Prefix
            ? $"({place.Type} = 'text' and substr({place.Value}, 1, length({part})) = {part})"
            : $"({place.Type} = 'text' and instr({place.Value}, {part}) > 0)";
    }

    private static string Size((string Type, string Value) place, SizeFilter size)
        => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"case when {place.Type} = 'array' then json_array_length({place.Value}) between {size.Low ?? 0} and {size.High ?? long.MaxValue} end");

    private string Any((string Type, string Value) place, Filter where)
    {
        var element = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"e{++_elements}");
        return Leaf($"case when {place.Type} = 'array' then exists (select 1 from json_each({place.Value}) {element} where {Of(where, element, "")}) end");
    }

    /// <summary>Type and value at a path. Inside <c>any</c> the row of json_each is the element, and has both as columns.</summary>
    private static (string Type, string Value) Place(string json, string root, FieldPath field)
    {
        var path = string.Concat(field.Steps.Select(step => step.Name is { } name ? $".{name}" : string.Create(System.Globalization.CultureInfo.InvariantCulture, $"[{step.Index}]")));
        if (root.Length > 0) return ($"json_type({json}, '${path}')", $"json_extract({json}, '${path}')");
        if (path.Length == 0) return ($"{json}.type", $"{json}.value");
        var inside = $"(case when {json}.type in ('object','array') then {json}.value else '{{}}' end)";
        return ($"json_type({inside}, '${path}')", $"json_extract({inside}, '${path}')");
    }

    private static string TypesOf(TypeName type) => type switch
    {
        TypeName.Null => "'null'",
        TypeName.Bool => "'true','false'",
        TypeName.Number => "'integer','real'",
        TypeName.String => "'text'",
        TypeName.Array => "'array'",
        TypeName.Object => "'object'",
        _ => "''",
    };

    private string Parameter(Value value)
    {
        var name = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"$p{_parameters++}");
        command.Parameters.AddWithValue(name, value.Kind switch
        {
            ValueKind.Bool => value.AsBool() ? 1L : 0L,
            ValueKind.Int64 => value.AsInt64(),
            ValueKind.Double => value.AsDouble(),
            _ => value.AsString(),
        });
        return name;
    }
}
