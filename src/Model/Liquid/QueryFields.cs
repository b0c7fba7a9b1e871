// Documents have no schema, so a path that leads nowhere is no error; it may also be a mistake in spelling. To tell, one has to
// know which fields a query names, and where in it. Paths of results (having, the sort of an aggregate) and of elements (inside
// any) are not among them: what they lead into is no document.

using System.Globalization;

namespace IngoDB.Model;

/// <summary>The fields of documents that a query names.</summary>
public static class QueryFields
{
    /// <summary>The first name of each path that begins in a document, and the JSON pointer of the path; the names that are the database's own left out.</summary>
    public static IReadOnlyList<(string Name, string Pointer)> Of(Query query)
    {
        ArgumentNullException.ThrowIfNull(query);
        var fields = new List<(string, string)>();
        switch (query)
        {
            case GetQuery q:
                AddAll(fields, q.Select, "/select");
                Add(fields, q.Include);
                break;
            case ScanQuery q:
                Add(fields, q.Where, "/where");
                for (var i = 0; i < q.Sort.Count; i++) Add(fields, q.Sort[i].Field, $"{At("/sort", i)}/field");
                AddAll(fields, q.Select, "/select");
                Add(fields, q.Include);
                break;
            case AggregateQuery q:
                Add(fields, q.Where, "/where");
                AddAll(fields, q.By, "/by");
                foreach (var (name, accumulator) in q.Compute) Add(fields, accumulator.Field, $"/compute{JsonPointer.Step(name)}/field");
                break;
            case TraverseQuery q:
                Add(fields, q.Start, "/start");
                Add(fields, q.Hops);
                AddAll(fields, q.Select, "/select");
                break;
            case PathQuery q:
                Add(fields, q.Start, "/start");
                Add(fields, q.Goal, "/goal");
                Add(fields, q.Hops);
                Add(fields, q.Weight, "/weight");
                break;
        }

        return fields;
    }

    private static void Add(List<(string, string)> fields, FieldPath? path, string pointer)
    {
        if (path is not { StartsAtElement: false, Steps: [{ Name: { } name }, ..] } || name is FieldNames.Id or FieldNames.Version or FieldNames.Expires) return;
        fields.Add((name, pointer));
    }

    private static void AddAll(List<(string, string)> fields, IReadOnlyList<FieldPath>? paths, string pointer)
    {
        for (var i = 0; i < (paths?.Count ?? 0); i++) Add(fields, paths![i], At(pointer, i));
    }

    private static void Add(List<(string, string)> fields, IReadOnlyList<Hop> hops)
    {
        for (var i = 0; i < hops.Count; i++)
        {
            var at = At("/hops", i);
            Add(fields, hops[i].Field, at + "/field");
            Add(fields, hops[i].To.Field, at + "/to/field");
            Add(fields, hops[i].Where, at + "/where");
            Add(fields, hops[i].Prune, at + "/prune");
        }
    }

    private static void Add(List<(string, string)> fields, IReadOnlyList<Include> includes)
    {
        for (var i = 0; i < includes.Count; i++)
        {
            var at = At("/include", i);
            Add(fields, includes[i].Field, at + "/field");
            Add(fields, includes[i].To.Field, at + "/to/field");
            Add(fields, includes[i].Where, at + "/where");
            AddAll(fields, includes[i].Select, at + "/select");
        }
    }

    /// <summary>At most as deep as a filter may be.</summary>
    private static void Add(List<(string, string)> fields, Filter? filter, string pointer)
    {
        switch (filter)
        {
            case CompareFilter f: Add(fields, f.Field, pointer + "/field"); break;
            case RangeFilter f: Add(fields, f.Field, pointer + "/field"); break;
            case InFilter f: Add(fields, f.Field, pointer + "/field"); break;
            case ExistsFilter f: Add(fields, f.Field, pointer + "/field"); break;
            case TextFilter f: Add(fields, f.Field, pointer + "/field"); break;
            case TypeFilter f: Add(fields, f.Field, pointer + "/field"); break;
            case SizeFilter f: Add(fields, f.Field, pointer + "/field"); break;
            case AnyFilter f: Add(fields, f.Field, pointer + "/field"); break;
            case NotFilter f: Add(fields, f.Arg, pointer + "/arg"); break;
            case AndFilter f: AddArgs(fields, f.Args, pointer); break;
            case OrFilter f: AddArgs(fields, f.Args, pointer); break;
        }
    }

    private static void AddArgs(List<(string, string)> fields, IReadOnlyList<Filter> args, string pointer)
    {
        for (var i = 0; i < args.Count; i++) Add(fields, args[i], At(pointer + "/args", i));
    }

    private static string At(string pointer, int index) => string.Create(CultureInfo.InvariantCulture, $"{pointer}/{index}");
}
