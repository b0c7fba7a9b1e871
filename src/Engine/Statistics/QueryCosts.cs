namespace IngoDB.Engine.Statistics;

/// <summary>
/// What the acts of a query cost, in units of "one row examined by a scan". The planner chooses with them and the
/// advisor does its sums with them, so that what is advised is also what will be used. Ratios, not times: they
/// are the same on a slow machine.
/// </summary>
/// <param name="RowExamined">Step to the next row of a scan and evaluate a filter on it.</param>
/// <param name="RowFetched">Go from an index entry to its row and prove that no newer version hides it.</param>
/// <param name="RowSorted">Keep a row and its key for a sort.</param>
/// <param name="RowIndexed">Extract, sort and write one index entry, beyond reading the row.</param>
/// <param name="Seek">Position an index cursor once.</param>
/// <param name="Rewrites">How often a row is indexed in its life: at the flush, and at the merges after it.</param>
/// <param name="RowGathered">Go to a row that codes have selected, in the order in which rows lie.</param>
/// <param name="CodeExamined">Ask one code one question.</param>
/// <param name="CodeSorted">Put a selected row into the order of its code.</param>
/// <param name="EntryRead">Read an index entry into a set of rows.</param>
/// <param name="RowCovered">Read a row from an entry of a covering index and prove that no newer version hides it.</param>
/// <param name="FieldCarried">Write a field into an entry of a covering index.</param>
/// <param name="RowWritten">Write a document: encode, log, memtable, flush and merges, without indexes.</param>
public sealed record QueryCosts(double RowExamined = 1, double RowFetched = 3, double RowSorted = 2.5, double RowIndexed = 0.8, double Seek = 20, double Rewrites = 3, double RowGathered = 0.5, double CodeExamined = 0.0005, double CodeSorted = 0.05, double EntryRead = 0.25, double RowWritten = 16, double RowCovered = 1, double FieldCarried = 0.2)
{
    public static QueryCosts Default { get; } = new();

    /// <summary>Reading every row once and writing an entry for each.</summary>
    public double Build(long rows) => rows * (RowExamined + RowIndexed);

    /// <summary>The same for a part of the entries, and with so many fields carried by each.</summary>
    public double Build(long rows, double share, int carried = 0) => rows * (RowExamined + (share * (RowIndexed + (FieldCarried * carried))));

    /// <summary>What the entries that a flush or a merge writes cost an index.</summary>
    public double Upkeep(long entries, int carried = 0) => entries * (RowIndexed + (FieldCarried * carried));
}
