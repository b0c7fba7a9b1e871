// The writing half of the language, from records to tree. The _id, which stands beside the fields in code, goes back
// among them; a patch takes the pleasant form when that loses nothing (see LiquidWriteReader.cs).

namespace IngoDB.Model;

/// <summary>Writes the writing half of the AST as trees.</summary>
internal static class LiquidWriteWriter
{
    public static Document Write(Write write, LiquidFilterWriter filters) => write switch
    {
        UpdateWhereWrite w => AddSteps(Begin("updateWhere", "into", w.Into).Add("where", filters.Write(w.Where)), w.Steps).WithNumber("expected", w.Expected).With("dryRun", w.DryRun ? true : Value.Missing).Build(),
        DeleteWhereWrite w => Begin("deleteWhere", "from", w.Into).Add("where", filters.Write(w.Where)).WithNumber("expected", w.Expected).With("dryRun", w.DryRun ? true : Value.Missing).Build(),
        InsertWrite w => Begin("insert", "into", w).Add("document", WithId(w.Id, w.Document)).With("ifVersion", VersionOf(w)).Build(),
        UpsertWrite w => Begin("upsert", "into", w).Add("document", WithId(w.Id, w.Document)).With("ifVersion", VersionOf(w)).With("ifMissing", w.IfMissing ? true : Value.Missing).Build(),
        ReplaceWrite w => Begin("replace", "into", w).Add("document", WithId(w.Id, w.Document)).With("ifVersion", VersionOf(w)).Build(),
        PatchWrite w => AddSteps(Begin("patch", "into", w).Add("id", w.Id.ToValue()), w.Steps).With("ifVersion", VersionOf(w)).Build(),
        DeleteWrite w => Begin("delete", "from", w).Add("id", w.Id.ToValue()).With("ifVersion", VersionOf(w)).Build(),
        BulkWrite w => new DocumentBuilder().Add("kind", "bulk").Add("writes", Value.From(w.Writes.Select(inner => Value.From(Write(inner, filters))).ToArray())).With("atomic", w.Atomic ? true : Value.Missing).Build(),
        _ => throw LiquidValidator.Unknown(write),
    };

    private static DocumentBuilder Begin(string kind, string target, DocumentWrite write) => Begin(kind, target, write.Into);

    private static DocumentBuilder Begin(string kind, string target, string collection) => new DocumentBuilder().Add("kind", kind).Add(target, collection);

    private static Document WithId(DocumentId? id, Document fields)
        => id is null ? fields : Document.FromOwned([new(FieldNames.Id, id.Value.ToValue()), .. fields.Fields]);

    private static string? VersionOf(DocumentWrite write) => write.IfVersion?.ToString();

    /// <summary>Keyed by operator where that keeps every step and their order, as a list where it would not.</summary>
    private static DocumentBuilder AddSteps(DocumentBuilder node, IReadOnlyList<PatchStep> steps)
    {
        if (!FitsByOperator(steps)) return node.Add("steps", PatchStepsDocument.Of(steps)["steps"]);
        for (var first = 0; first < steps.Count;)
        {
            var patch = steps[first].Operator;
            var group = steps.Skip(first).TakeWhile(step => step.Operator == patch).ToArray();
            node.Add(LiquidNames.Patch[(int)patch], patch == PatchOperator.Unset
                ? Value.From(group.Select(step => Value.From(step.Field.Text)).ToArray())
                : Value.From(Document.FromOwned([.. group.Select(step => KeyValuePair.Create(step.Field.Text, step.Value))])));
            first += group.Length;
        }

        return node;
    }

    private static bool FitsByOperator(IReadOnlyList<PatchStep> steps)
    {
        var closed = new HashSet<PatchOperator>();
        var places = new HashSet<(PatchOperator, string)>();
        for (var i = 0; i < steps.Count; i++)
        {
            if (i > 0 && steps[i].Operator != steps[i - 1].Operator) closed.Add(steps[i - 1].Operator);
            if (closed.Contains(steps[i].Operator) || !places.Add((steps[i].Operator, steps[i].Field.Text))) return false;
        }

        return true;
    }
}
