// Which top-level fields a request looks at: those of its filter, its sort and its selection. Where an index carries all of them,
// its entries answer and rows need not be gone to. Without a selection a request wants whole documents, which nothing carries.

using IngoDB.Engine.Entries;
using IngoDB.Model;

namespace IngoDB.Engine.Querying;

/// <summary>Names of top-level fields.</summary>
/// <param name="Names">Null: all there are.</param>
internal sealed record TouchedFields(IReadOnlySet<string>? Names)
{
    private static readonly TouchedFields s_all = new((IReadOnlySet<string>?)null);

    /// <summary>Neither `_id` nor `_version` count: every entry has them.</summary>
    public static TouchedFields Of(ScanRequest request)
    {
        if (request.Select is not { } select) return s_all;
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var path in select) Add(path, names);
        foreach (var key in request.Sort) Add(key.Field, names);
        Add(request.Where, names);
        return new(names);
    }

    /// <summary>The entries of such an index are enough.</summary>
    public bool AreCarriedBy(IndexFields fields)
    {
        if (Names is null || !fields.IsCovering) return false;
        foreach (var name in Names)
            if (!fields.Carried.Contains(name) && !fields.Paths.Any(path => path.Steps[0].Name == name)) return false;
        return true;
    }

    // Inside `any` paths are those of elements; its field is the document's. The validator has bounded the depth.
    private static void Add(Filter? filter, HashSet<string> names)
    {
        switch (filter)
        {
            case AndFilter and: foreach (var arg in and.Args) Add(arg, names); break;
            case OrFilter or: foreach (var arg in or.Args) Add(arg, names); break;
            case NotFilter not: Add(not.Arg, names); break;
            case not null when FilterText.FieldOf(filter) is { } field: Add(field, names); break;
        }
    }

    private static void Add(FieldPath path, HashSet<string> names)
    {
        if (!path.IsId && !path.IsVersion && path.StepSpan is [{ Name: { } name }, ..]) names.Add(name);
    }
}
