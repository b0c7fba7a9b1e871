using IngoDB.Model;

namespace IngoDB.Client.Collections;

/// <summary>Changes of one document, in order: <c>new Patch().Set("city", "Austin").Inc("visits", 1)</c>. Immutable.</summary>
public sealed class Patch
{
    private readonly IReadOnlyList<PatchStep> _steps;

    public Patch()
        : this([])
    {
    }

    private Patch(IReadOnlyList<PatchStep> steps) => _steps = steps;

    public IReadOnlyList<PatchStep> Steps => _steps;

    public Patch Set(FieldPath field, Value value) => Then(PatchOperator.Set, field, value);

    public Patch Unset(FieldPath field) => Then(PatchOperator.Unset, field, Value.Missing);

    /// <summary>Adds to a number; a missing one counts from 0.</summary>
    public Patch Inc(FieldPath field, Value by) => Then(PatchOperator.Inc, field, by);

    /// <summary>Appends to an array.</summary>
    public Patch Push(FieldPath field, Value element) => Then(PatchOperator.Push, field, element);

    /// <summary>Removes every equal element from an array.</summary>
    public Patch Pull(FieldPath field, Value element) => Then(PatchOperator.Pull, field, element);

    public Patch Min(FieldPath field, Value value) => Then(PatchOperator.Min, field, value);

    public Patch Max(FieldPath field, Value value) => Then(PatchOperator.Max, field, value);

    public Patch Rename(FieldPath field, string newName) => Then(PatchOperator.Rename, field, newName);

    private Patch Then(PatchOperator op, FieldPath field, Value value) => new([.. _steps, new PatchStep(op, field, value)]);
}
