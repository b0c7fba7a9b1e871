// One index answers one part of a filter; several together answer more: rows that two indexes agree on (`and`), rows
// that any of them gives (`or`). Inside one table a row is a number, so what indexes say are sets of numbers:
//
//   genre = "drama" and year = 1979      {3, 8, 21, 40} ∩ {8, 9, 40}  = {8, 40}
//   genre = "drama" or  cast any "Ford"  {3, 8, 21, 40} ∪ {2, 8}      = {2, 3, 8, 21, 40}
//
// A set has each row once and ascends, and rows ascend by _id: so the answer needs no sort by _id, repeats nothing
// though a document satisfies both sides, and a limit ends it early. Terms hold which rows to look at; the filter is still
// evaluated on each.

using IngoDB.Engine.Indexing;
using IngoDB.Engine.Manifests;

namespace IngoDB.Engine.Querying;

/// <summary>Rows that indexes give together.</summary>
internal abstract record IndexTerm
{
    /// <summary>The rows with a key of the index in one of the ranges.</summary>
    internal sealed record Range(IndexDefinition Index, KeyRange[] Ranges) : IndexTerm;

    internal sealed record AllOf(IReadOnlyList<IndexTerm> Args) : IndexTerm;

    internal sealed record AnyOf(IReadOnlyList<IndexTerm> Args) : IndexTerm;

    /// <summary>E.g. <c>genre &amp; (year | tags[])</c>.</summary>
    public string Text => this switch
    {
        Range range => range.Index.Fields.Text,
        AllOf all => string.Join(" & ", all.Args.Select(arg => arg is AnyOf ? $"({arg.Text})" : arg.Text)),
        AnyOf any => string.Join(" | ", any.Args.Select(arg => arg is AllOf ? $"({arg.Text})" : arg.Text)),
        _ => "",
    };

    /// <summary>What is asked of single indexes.</summary>
    public IEnumerable<Range> Leaves => this switch
    {
        Range range => [range],
        AllOf all => all.Args.SelectMany(arg => arg.Leaves),
        AnyOf any => any.Args.SelectMany(arg => arg.Leaves),
        _ => [],
    };

    /// <summary>All indexes of the term, each once.</summary>
    public IEnumerable<IndexDefinition> Indexes => this switch
    {
        Range range => [range.Index],
        AllOf all => all.Args.SelectMany(arg => arg.Indexes).Distinct(),
        AnyOf any => any.Args.SelectMany(arg => arg.Indexes).Distinct(),
        _ => [],
    };
}

/// <summary>A term with what it costs, in entries and rows.</summary>
/// <param name="Rows">Rows that are left to look at.</param>
/// <param name="Entries">Entries of indexes that are read for it.</param>
/// <param name="Seeks">Times that a cursor is positioned.</param>
internal sealed record IndexTermOption(IndexTerm Term, double Rows, double Entries, int Seeks);
