using IngoDB.Engine.Entries;
using IngoDB.Engine.Indexing;
using IngoDB.Model;

namespace IngoDB.Engine.Querying;

/// <summary>What a part of a filter says about one field in terms of index keys: a document that matches has a key in one of the ranges. (Not the other way round: the filter itself is still evaluated.)</summary>
/// <param name="OnElements">The ranges are of the elements of the array at <paramref name="Path"/>, not of the value there.</param>
/// <param name="Operator">For people: <c>eq</c>, <c>range</c>, <c>any eq</c>, ...</param>
/// <param name="Conjunct">Which top-level part of the filter says it.</param>
internal sealed record FieldConstraint(FieldPath Path, bool OnElements, KeyRange[] Ranges, string Operator, int Conjunct)
{
    /// <summary>The path of the index that is made for this constraint.</summary>
    public string IndexPath => OnElements ? IndexFields.TextOf(Path) + "[]" : IndexFields.TextOf(Path);

    /// <summary>Can an index on <paramref name="indexed"/> give every row that the ranges ask for?</summary>
    public bool IsServedBy(FieldPath indexed)
    {
        if (indexed.Text == IndexPath) return !OnElements || KeyClasses.AreElements(Ranges);
        return !OnElements && indexed.FansOut && indexed.WithoutFanOut.Text == Path.Text && KeyClasses.AreScalars(Ranges);
    }
}
