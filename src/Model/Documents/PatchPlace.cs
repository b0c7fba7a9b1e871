// Values are immutable, so changing one place deep inside a document means rebuilding what surrounds it, and only
// that. Every patch operator is a function from the old value at a place to the new one; where the place is, is
// decided here.

namespace IngoDB.Model;

/// <summary>Rebuilds a value around one place in it. A change that returns Missing removes the place.</summary>
internal static class PatchPlace
{
    /// <param name="creates">False for changes that only take away: a place that cannot be reached is then left alone.</param>
    public static Value Change(in Value value, FieldPath path, ReadOnlySpan<PathStep> steps, bool creates, Func<Value, Value> change)
    {
        if (steps.IsEmpty) return change(value);
        if (value.IsMissing && !creates) return value;
        return steps[0].IsIndex
            ? ChangeElement(value, path, steps, creates, change)
            : ChangeField(value, path, steps, creates, change);
    }

    private static Value ChangeField(in Value value, FieldPath path, ReadOnlySpan<PathStep> steps, bool creates, Func<Value, Value> change)
    {
        if (value.Kind is not (ValueKind.Document or ValueKind.Missing))
            return creates ? throw Blocked("patch.not_a_document", path, value.Kind, "a document") : value;
        var document = value.IsMissing ? Document.Empty : value.AsDocument();
        return Value.From(document.With(steps[0].Name!, Change(document[steps[0].Name!], path, steps[1..], creates, change)));
    }

    private static Value ChangeElement(in Value value, FieldPath path, ReadOnlySpan<PathStep> steps, bool creates, Func<Value, Value> change)
    {
        if (value.Kind is not (ValueKind.Array or ValueKind.Missing))
            return creates ? throw Blocked("patch.not_an_array", path, value.Kind, "an array") : value;
        var elements = value.IsMissing ? ReadOnlySpan<Value>.Empty : value.AsArray().Span;
        var index = steps[0].Index;
        if (index > elements.Length || (index == elements.Length && !creates))
            return creates ? throw BeyondEnd(path, elements.Length) : value;
        var changed = Change(index < elements.Length ? elements[index] : Value.Missing, path, steps[1..], creates, change);
        var rest = index < elements.Length ? elements[(index + 1)..] : [];
        return Value.From(changed.IsMissing ? [.. elements[..index], .. rest] : [.. elements[..index], changed, .. rest]);
    }

    private static InvalidRequestException Blocked(string code, FieldPath path, ValueKind found, string wanted)
        => new(code, $"'{path}' leads through {found}, where {wanted} was expected.", suggestion: "Set the outer field first");

    private static InvalidRequestException BeyondEnd(FieldPath path, int length)
        => new("patch.bad_index", $"'{path}' is beyond the end of an array of {length}.", suggestion: "push appends");
}
