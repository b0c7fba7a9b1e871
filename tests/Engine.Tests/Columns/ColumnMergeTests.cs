// A merge that translates the codes of its inputs writes the same columns as one that looks at every row: whatever the
// documents, whichever inputs have columns, and whatever retention forgets on the way.
using System.Collections.Immutable;
using CsCheck;
using IngoDB.Engine.Columns;
using IngoDB.Engine.Cursors;
using IngoDB.Engine.Entries;
using IngoDB.Engine.Sstables;
using IngoDB.Model;
using IngoDB.Tests.Cursors;
using IngoDB.Tests.Sstables;

namespace IngoDB.Tests.Columns;

public sealed class ColumnMergeTests
{
    private static readonly Gen<Document> AnyDocument = Gen.Frequency((6, ValueGenerators.DocumentOf(ValueGenerators.Scalar, 5)), (1, ValueGenerators.Document));

    private static readonly Gen<List<TestEntry>> AnyRows =
        Gen.Select(AnyDocument, Gen.Int[0, 60], Gen.Int[0, 40], Gen.UInt[1, 2]).List[1, 100].Select(steps => steps.ConvertAll(step =>
            ColumnTables.Entry(step.Item2, 0, step.Item3 < 4 ? null : step.Item1, step.Item4, selfDescribed: step.Item3 == 4, expiresAt: step.Item3 == 5 ? 1_000UL : 0)));

    [Fact]
    public void Merged_columns_are_the_merged_rows() => Gen.Select(AnyRows.List[1, 4], Gen.ULong[0, 300], Gen.Bool.Array[4]).Sample((inputs, watermark, withColumns) =>
    {
        using var tables = new TestTables();
        var open = Open(tables, inputs, withColumns);
        using var merged = tables.Open(Merge(tables, open, watermark, 50, new([.. open.Select(table => (Func<CollectionId, TableColumns?>)table.Columns)])));
        ColumnTables.AssertColumnsAreTheRows(merged, Rows(merged));
        foreach (var table in open) table.Dispose();
    }, iter: 200);

    [Fact]
    public void Translated_products_are_byte_for_byte_those_that_were_built_from_rows()
    {
        using var tables = new TestTables();
        var inputs = Enumerable.Range(0, 3).Select(part => Enumerable.Range(0, 7000).Select(i => ColumnTables.Entry((i * 31 * (part + 1)) % 9000, 0, Product(i + (part * 1000)))).DistinctBy(entry => Convert.ToHexString(entry.Key)).ToList()).ToList();
        var open = Open(tables, inputs, [true, true, true, true]);
        var built = tables.BytesOf(Merge(tables, open, 1_000_000, 50, ColumnInputs.None));
        tables.Files.Delete(tables.Folder[TableInfo.FileNameOf(new(50))]);
        var translated = Merge(tables, open, 1_000_000, 50, new([.. open.Select(table => (Func<CollectionId, TableColumns?>)table.Columns)]));
        Assert.Equal(built, tables.BytesOf(translated));
        foreach (var table in open) table.Dispose();
    }

    private static List<Sstable> Open(TestTables tables, List<List<TestEntry>> inputs, bool[] withColumns)
    {
        var version = 0UL;
        return [.. inputs.Select((rows, i) =>
        {
            var sorted = ColumnTables.Sorted(rows.Select(row => row with { Version = ++version, ExpiresAt = row.ExpiresAt == 0 ? 0 : version + 40 }));
            return tables.Open(tables.Write(sorted, ColumnTables.Options, (ulong)i + 1, withColumns[i]));
        })];
    }

    private static TableInfo Merge(TestTables tables, List<Sstable> open, ulong watermark, ulong id, ColumnInputs inputs)
    {
        using var source = new RetentionCursor(new MergeCursor([.. open.Select(table => table.OpenCursor(new()))]), new(new(watermark), ImmutableHashSet<CollectionId>.Empty, OlderVersions.None));
        using var writer = new SstableWriter(tables.Files, tables.Folder.Path, new(id), ColumnTables.Options, inputs);
        while (source.MoveNext()) writer.Add(source.Entry);
        return writer.Finish();
    }

    private static List<TestEntry> Rows(Sstable table)
    {
        using var cursor = table.OpenCursor(new());
        var rows = new List<TestEntry>();
        while (cursor.MoveNext()) rows.Add(cursor.Current());
        return rows;
    }

    private static Document Product(long i) => new DocumentBuilder(7)
        .Add("type", Value.From("product"))
        .Add("name", Value.From($"Product #{i}"))
        .Add("category", Value.From("category " + (i % 10)))
        .Add("price", Value.From((i % 1000) + 0.99))
        .Add("rating", Value.From(i % 50 / 10.0))
        .Add("unique", Value.From(i * 17))
        .Build();
}
