// Applies patch steps to a document, one after the other: pure, so that the log can store the result rather than the
// steps. Documents are immutable, so a change at a.b.c makes a new c, b and a, and nothing else.
//
//   set      puts a value; documents on the way are made where they are missing, an array grows at its end only
//   unset    removes a field or an array element (those after it move up); nothing there is nothing to do
//   inc      adds a number exactly (missing counts as 0); push appends (missing counts as []); pull removes all equal
//   min max  put the value when the field is missing or above / below it in the total order
//   rename   moves a field, over whatever stands at the new name
//
// A step that meets the wrong type (inc on a string, a path through a number) refuses the whole patch.

namespace IngoDB.Model;

/// <summary>Applies patch steps to a document: pure, so that the log can store the result rather than the steps.</summary>
public static class PatchApplier
{
    /// <exception cref="InvalidRequestException"><c>patch.not_a_number</c>, <c>patch.not_an_array</c>, <c>patch.reserved_field</c>, ...</exception>
    public static Document Apply(Document document, IReadOnlyList<PatchStep> steps)
    {
        foreach (var step in steps)
        {
            CheckPath(step.Field);
            document = step.Operator == PatchOperator.Rename ? Rename(document, step) : Change(document, step);
        }

        return document;
    }

    /// <summary>What can be known of a step before any document is.</summary>
    /// <exception cref="InvalidRequestException">No document could take this step.</exception>
    public static void Check(PatchStep step)
    {
        CheckPath(step.Field);
        if (step.Operator == PatchOperator.Rename) RenameTarget(step);
        if (step.Operator == PatchOperator.Inc && !step.Value.IsNumber) throw PatchArithmetic.NotANumber(step.Field, step.Value.Kind);
        if (!step.Value.IsMissing) RowWriter.Check(step.Value);
        else if (step.Operator != PatchOperator.Unset) throw new InvalidRequestException("patch.bad_step", $"The step at '{step.Field}' has no value.");
    }

    /// <summary>A patch may name fields of the document only; not its identity, not a place that fans out.</summary>
    private static void CheckPath(FieldPath path)
    {
        if (path.StartsAtElement || path.FansOut)
            throw new InvalidRequestException("patch.bad_path", $"'{path}' is not one place in a document.", example: "items[0].sku");
        if (ReservedFields.Contains(path.Steps[0].Name!))
            throw new InvalidRequestException("patch.reserved_field", $"'{path}' belongs to the database and cannot be patched.", suggestion: "Insert a document under the new _id and delete this one; ifVersion makes a patch conditional");
    }

    private static Document Change(Document document, PatchStep step)
    {
        var operand = step.Value;
        Func<Value, Value> change = step.Operator switch
        {
            PatchOperator.Set => _ => operand,
            PatchOperator.Unset => _ => Value.Missing,
            PatchOperator.Inc => present => PatchArithmetic.Add(present, operand, step.Field),
            PatchOperator.Push => present => Value.From([.. ElementsOf(present, step.Field), operand]),
            PatchOperator.Pull => present => present.IsMissing ? present : Value.From([.. ElementsOf(present, step.Field).Where(element => element != operand)]),
            PatchOperator.Min => present => present.IsMissing || operand < present ? operand : present,
            PatchOperator.Max => present => present.IsMissing || operand > present ? operand : present,
            _ => throw new InvalidRequestException("patch.bad_step", $"No patch step is a {step.Operator}."),
        };
        var creates = step.Operator is not (PatchOperator.Unset or PatchOperator.Pull);
        return PatchPlace.Change(Value.From(document), step.Field, step.Field.StepSpan, creates, change).AsDocument();
    }

    private static Document Rename(Document document, PatchStep step)
    {
        var target = RenameTarget(step);
        var value = step.Field.In(document);
        if (value.IsMissing) return document;
        var without = Change(document, new(PatchOperator.Unset, step.Field, Value.Missing));
        return Change(without, new(PatchOperator.Set, target, value));
    }

    private static FieldPath RenameTarget(PatchStep step)
    {
        var target = step.Value.Kind == ValueKind.String ? FieldPath.Parse(step.Value.AsString()) : null;
        if (target is null || step.Field.Steps.Concat(target.Steps).Any(s => s.IsIndex))
            throw new InvalidRequestException("patch.bad_step", "rename takes a field's path and its new path, neither through an array.", example: """{"rename":{"old":"new"}}""");
        CheckPath(target);
        return target;
    }

    private static Value[] ElementsOf(in Value present, FieldPath field) => present.Kind switch
    {
        ValueKind.Missing => [],
        ValueKind.Array => present.AsArray().ToArray(),
        _ => throw new InvalidRequestException("patch.not_an_array", $"'{field}' is {present.Kind}, not an array."),
    };
}
