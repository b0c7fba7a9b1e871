namespace IngoDB.Model;

/// <summary>Patch steps as a document, in order: <c>{steps: [{op: "set", field: "a.b", value: 1}, ...]}</c>. Unset has no value.</summary>
internal static class PatchStepsDocument
{
    private static readonly LiquidNode Steps = new("patch", ["steps"], [], """{"steps":[{"op":"push","field":"tags","value":"new"}]}""");

    public static Document Of(IReadOnlyList<PatchStep> steps)
    {
        var list = new Value[steps.Count];
        for (var i = 0; i < list.Length; i++) list[i] = ToValue(steps[i]);
        return Document.Of(("steps", Value.From(list)));
    }

    /// <exception cref="InvalidRequestException">Not such a document, or a step that cannot be one.</exception>
    public static IReadOnlyList<PatchStep> Read(Document document)
        => LiquidWriteReader.ReadSteps(LiquidObject.Of(Value.From(document), Steps, LiquidPointer.Root));

    private static Value ToValue(PatchStep step)
        => new DocumentBuilder(3).Add("op", LiquidNames.Patch[(int)step.Operator]).Add("field", step.Field.Text).With("value", step.Value).Build();
}
