// What the answer of an aggregate looks like: a document for each group, with the values it was made of where they stood in
// the documents, and the computed ones by their names behind them. So `having` and `sort` are the filters and sorts of documents.
//
//   by ["address.city", "genres[]"], compute {"n": count}      {"address": {"city": "Bern"}, "genres": "Drama", "n": 3}
//
// A path with an index stands under its text ("items[0].sku"). A value that is missing is left out.

namespace IngoDB.Model;

/// <summary>Results of aggregates as documents.</summary>
public static class AggregateResult
{
    /// <param name="group">A value, or missing, for each path of `by`.</param>
    /// <param name="computed">A value for each accumulator.</param>
    public static Document Of(AggregateQuery query, ReadOnlySpan<Value> group, ReadOnlySpan<Value> computed)
    {
        var fields = new List<KeyValuePair<string, Value>>(group.Length + computed.Length);
        for (var i = 0; i < group.Length; i++)
            if (!group[i].IsMissing) Place(fields, NamesOf(query.By[i]), group[i]);
        for (var i = 0; i < computed.Length; i++) fields.Add(new(query.Compute[i].Key, computed[i]));
        return Document.FromOwned([.. fields]);
    }

    /// <summary>The names, from the outside in, under which the values of a `by` path stand.</summary>
    public static IReadOnlyList<string> NamesOf(FieldPath by)
    {
        var names = new string[by.StepSpan.Length];
        for (var i = 0; i < names.Length; i++)
        {
            if (by.StepSpan[i].IsIndex) return [by.WithoutFanOut.Text];
            names[i] = by.StepSpan[i].Name!;
        }

        return names;
    }

    /// <summary>The function as it is called in a query.</summary>
    public static string NameOf(AccumulatorFunction function) => LiquidNames.Functions[(int)function];

    /// <exception cref="InvalidRequestException">Two values would stand in the same place, or a name is not one of a field.</exception>
    internal static void Check(AggregateQuery query, LiquidPointer at)
    {
        for (var i = 0; i < query.By.Count; i++) CheckGroup(query.By, i, at.Key("by").Item(i));
        foreach (var (name, _) in query.Compute) CheckName(query, name, at.Key("compute").Key(name));
    }

    private static void CheckGroup(IReadOnlyList<FieldPath> by, int index, LiquidPointer at)
    {
        var path = by[index];
        if (path.WithoutFanOut is { IsId: true } or { IsVersion: true })
            throw new InvalidRequestException("query.bad_group", $"Every document has a '{path}' of its own, so grouping by it changes nothing.", at.ToString(), suggestion: "Leave it out, or scan", LiquidNode.Aggregate.Example);
        var names = NamesOf(path);
        for (var i = 0; i < index; i++)
        {
            var other = NamesOf(by[i]);
            if (names.Take(other.Count).SequenceEqual(other.Take(names.Count)))
                throw new InvalidRequestException("query.duplicate_name", $"'{path}' and '{by[i]}' would stand in the same place of a result.", at.ToString(), suggestion: "Group by one of them", LiquidNode.Aggregate.Example);
        }
    }

    private static void CheckName(AggregateQuery query, string name, LiquidPointer at)
    {
        if (ReservedFields.Contains(name) || name.Length is 0 or > RowFormat.FieldNameBytesMax / 3)
            throw new InvalidRequestException("query.bad_name", $"A computed value needs a name of 1 to {RowFormat.FieldNameBytesMax / 3} characters that is not the database's own.", at.ToString(), suggestion: "total", LiquidNode.Aggregate.Example);
        if (query.By.Any(path => NamesOf(path)[0] == name))
            throw new InvalidRequestException("query.duplicate_name", $"'{name}' is already the name of a group's value in the result.", at.ToString(), suggestion: name + "Total", LiquidNode.Aggregate.Example);
    }

    private static void Place(List<KeyValuePair<string, Value>> fields, IReadOnlyList<string> names, in Value value)
    {
        var at = fields.FindIndex(field => field.Key == names[0]);
        if (names.Count == 1)
        {
            fields.Add(new(names[0], value));
            return;
        }

        List<KeyValuePair<string, Value>> inner = at < 0 ? [] : [.. fields[at].Value.AsDocument()];
        Place(inner, [.. names.Skip(1)], value);
        var nested = new KeyValuePair<string, Value>(names[0], Document.FromOwned([.. inner]));
        if (at < 0) fields.Add(nested);
        else fields[at] = nested;
    }
}
