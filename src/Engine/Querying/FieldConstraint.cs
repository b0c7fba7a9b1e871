// Ranges of a filter are a handful. Those of a join are as many as a frontier has values, and a copy and a sort of each for nothing
// where no index is there to be searched with them; so they are made when somebody asks for them.

using IngoDB.Engine.Entries;
using IngoDB.Engine.Indexing;
using IngoDB.Model;

namespace IngoDB.Engine.Querying;

/// <summary>What a part of a filter says about one field in terms of index keys: a document that matches has a key in one of the ranges. (Not the other way round: the filter itself is still evaluated.)</summary>
internal sealed class FieldConstraint
{
    private readonly Func<KeyRange[]>? _make;
    private KeyRange[]? _ranges;
    private string? _indexPath;

    public FieldConstraint(FieldPath path, bool onElements, KeyRange[] ranges, string @operator, int conjunct)
    {
        (Path, OnElements, _ranges, Operator, Conjunct) = (path, onElements, ranges, @operator, conjunct);
        (Count, ArePoints) = (ranges.Length, Array.TrueForAll(ranges, range => range.IsPoint));
    }

    private FieldConstraint(FieldPath path, bool onElements, int count, bool arePoints, Func<KeyRange[]> make, string @operator, int conjunct)
        => (Path, OnElements, Count, ArePoints, _make, Operator, Conjunct) = (path, onElements, count, arePoints, make, @operator, conjunct);

    /// <summary>The ranges of a join, which are made when they are asked for.</summary>
    /// <param name="count">How many there will be.</param>
    /// <param name="arePoints">All of them will be points.</param>
    public static FieldConstraint OfJoin(FieldPath path, bool onElements, int count, bool arePoints, Func<KeyRange[]> make, int conjunct)
        => new(path, onElements, count, arePoints, make, "join", conjunct);

    public FieldPath Path { get; }

    /// <summary>The ranges are of the elements of the array at <see cref="Path"/>, not of the value there.</summary>
    public bool OnElements { get; }

    public KeyRange[] Ranges => _ranges ??= _make!();

    /// <summary>How many ranges.</summary>
    public int Count { get; }

    /// <summary>Each range is one key.</summary>
    public bool ArePoints { get; }

    /// <summary>For people: <c>eq</c>, <c>range</c>, <c>any eq</c>, ...</summary>
    public string Operator { get; }

    /// <summary>Which top-level part of the filter says it.</summary>
    public int Conjunct { get; }

    /// <summary>The same said otherwise.</summary>
    public FieldConstraint As(string @operator, KeyRange[] ranges) => new(Path, OnElements, ranges, @operator, Conjunct);

    /// <summary>The path of the index that is made for this constraint.</summary>
    public string IndexPath => _indexPath ??= OnElements ? IndexFields.TextOf(Path) + "[]" : IndexFields.TextOf(Path);

    /// <summary>Can an index on <paramref name="indexed"/> give every row that the ranges ask for?</summary>
    public bool IsServedBy(FieldPath indexed)
    {
        if (indexed.Text == IndexPath) return !OnElements || KeyClasses.AreElements(Ranges);
        return !OnElements && indexed.FansOut && indexed.WithoutFanOut.Text == Path.Text && KeyClasses.AreScalars(Ranges);
    }
}
