// STUB of the contract.
namespace IngoDB.Model;

/// <summary>Applies patch steps to a document: pure, so that the log can store the result rather than the steps.</summary>
public static class PatchApplier
{
    /// <exception cref="InvalidRequestException"><c>patch.not_a_number</c>, <c>patch.not_an_array</c>, <c>patch.reserved_field</c>.</exception>
    public static Document Apply(Document document, IReadOnlyList<PatchStep> steps) => throw new NotImplementedException();
}
