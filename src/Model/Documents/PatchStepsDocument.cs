// A patch travels and is checked as a document like everything else: no codec of its own, and the limits of documents
// are the limits of patches.

using System.Buffers;

namespace IngoDB.Model;

/// <summary>Patch steps as a document, in order: <c>{steps: [{op: "set", field: "a.b", value: 1}, ...]}</c>. Unset has no value.</summary>
internal static class PatchStepsDocument
{
    public static Document Of(IReadOnlyList<PatchStep> steps)
        => Document.Of(("steps", Value.From(steps.Select(ToValue).ToArray())));

    public static Value ToValue(PatchStep step)
    {
        var document = Document.Of(("op", NameOf(step.Operator)), ("field", step.Field.Text));
        return step.Value.IsMissing ? document : document.With("value", step.Value);
    }

    /// <exception cref="InvalidRequestException">Not such a document.</exception>
    public static IReadOnlyList<PatchStep> Read(Document document)
    {
        if (document["steps"] is not { Kind: ValueKind.Array } steps) throw Broken();
        var read = new PatchStep[steps.AsArray().Length];
        for (var i = 0; i < read.Length; i++) read[i] = ReadStep(steps.AsArray().Span[i]);
        return read;
    }

    public static string NameOf(PatchOperator step) => step switch
    {
        PatchOperator.Set => "set",
        PatchOperator.Unset => "unset",
        PatchOperator.Inc => "inc",
        PatchOperator.Push => "push",
        PatchOperator.Pull => "pull",
        PatchOperator.Min => "min",
        PatchOperator.Max => "max",
        _ => "rename",
    };

    private static PatchStep ReadStep(in Value value)
    {
        if (value.Kind != ValueKind.Document) throw Broken();
        var step = value.AsDocument();
        if (step["op"] is not { Kind: ValueKind.String } name || step["field"] is not { Kind: ValueKind.String } field) throw Broken();
        if (!Enum.GetValues<PatchOperator>().Any(o => NameOf(o) == name.AsString())) throw Broken();
        return new(Enum.GetValues<PatchOperator>().First(o => NameOf(o) == name.AsString()), FieldPath.Parse(field.AsString()), step["value"]);
    }

    private static InvalidRequestException Broken()
        => new("patch.bad_step", "A patch holds steps of an operator, a field and a value.", example: """{"op":"set","field":"a.b","value":1}""");
}
