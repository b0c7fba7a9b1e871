// Rows are the truth. Whatever documents a table holds (every kind of value, nulls, missing fields, several shapes,
// deletes, older versions), each put's code stands for exactly the key of its value, and codes order as values do.
using CsCheck;
using IngoDB.Engine.Columns;
using IngoDB.Engine.Entries;
using IngoDB.Model;
using IngoDB.Tests.Cursors;
using IngoDB.Tests.Sstables;

namespace IngoDB.Tests.Columns;

public sealed class TableColumnsTests
{
    private static readonly Gen<Document> AnyDocument = Gen.Frequency((4, ValueGenerators.DocumentOf(ValueGenerators.Scalar, 6)), (1, ValueGenerators.Document));

    private static readonly Gen<List<TestEntry>> AnyRows =
        Gen.Select(AnyDocument, Gen.Int[0, 60], Gen.Int[0, 40], Gen.UInt[1, 2]).List[1, 150].Select(steps => ColumnTables.Sorted(steps.Select((step, i) =>
            ColumnTables.Entry(step.Item2, (ulong)i + 1, step.Item3 < 4 ? null : step.Item1, step.Item4, selfDescribed: step.Item3 == 4, expiresAt: step.Item3 == 5 ? 1_000UL : 0))));

    [Fact]
    public void Columns_are_the_rows_whatever_the_documents() => AnyRows.Sample(sorted =>
    {
        using var tables = new TestTables();
        using var table = tables.WriteAndOpen(sorted);
        ColumnTables.AssertColumnsAreTheRows(table, sorted);
    }, iter: 300);

    [Theory]
    [InlineData(0)]
    [InlineData(1_023)]
    [InlineData(2_999)]
    public void Of_many_rows_any_one_may_be_the_only_one_that_is_marked(int deleted)
    {
        // Marks used to end with the last one and some room behind it: a table of many rows whose only deletion came early could not be written.
        using var tables = new TestTables();
        List<TestEntry> sorted = [.. Enumerable.Range(0, 3_000).Select(i => ColumnTables.Entry(i, 1, i == deleted ? null : Document.Of(("n", i % 7))))];
        using var table = tables.WriteAndOpen(sorted);
        ColumnTables.AssertColumnsAreTheRows(table, sorted);
    }

    [Fact]
    public void A_bound_divides_the_rows_as_the_value_order_does() =>
        Gen.Select(ValueGenerators.Scalar.List[1, 60], ValueGenerators.AnyValue).Sample((values, wanted) =>
        {
            using var tables = new TestTables();
            using var table = tables.WriteAndOpen([.. values.Select((value, i) => ColumnTables.Entry(i, 1, Document.Empty.With("a", value)))]);
            var column = table.Columns(new(1))!.Find("a")!;
            var bound = column.LowerBound(CodeColumnTests.KeyOf(wanted));
            for (var row = 0; row < values.Count; row++)
            {
                Assert.Equal(ValueOrder.Compare(values[row], wanted) >= 0, column[row] >= bound);
                if (row > 0) Assert.Equal(Math.Sign(ValueOrder.Compare(values[row - 1], values[row])), column[row - 1].CompareTo(column[row]));
            }
        }, iter: 300);

    [Fact]
    public void Each_field_finds_the_narrowest_encoding_that_fits_it()
    {
        using var tables = new TestTables();
        var sorted = Rows(20_000);
        using var table = tables.WriteAndOpen(sorted);
        ColumnTables.AssertColumnsAreTheRows(table, sorted);
        var columns = table.Columns(new(1))!;
        AssertNumbers(columns, "unique", NumberKind.Integers, codeBytes: 2);
        AssertNumbers(columns, "second", NumberKind.Timestamps, codeBytes: 2);
        AssertNumbers(columns, "cents", NumberKind.Decimals, codeBytes: 4);
        AssertNumbers(columns, "price", NumberKind.Decimals, codeBytes: 2);
        AssertNumbers(columns, "stock", NumberKind.Integers, codeBytes: 2);
        Assert.Equal((1, 10U), (columns.Find("category")!.CodeBytes, columns.Find("category")!.CodeCount));
        Assert.Equal(0, columns.Find("type")!.CodeBytes);
        Assert.Equal(2U, columns.Find("rare")!.CodeCount);
        Assert.Null(columns.Find("name"));
        Assert.Null(columns.Find("late"));
        Assert.Null(columns.Find("odd"));
        Assert.NotNull(columns.Find("nowhere"));
    }

    [Fact]
    public void Few_rows_have_no_columns_and_neither_has_a_table_that_is_told_so()
    {
        using var tables = new TestTables();
        var sorted = Rows(999);
        using var few = tables.Open(tables.Write(sorted, new(), columns: true));
        Assert.Null(few.Columns(new(1)));
        using var none = tables.Open(tables.Write(Rows(1000), new(), id: 8));
        Assert.Null(none.Columns(new(1)));
        using var enough = tables.Open(tables.Write(Rows(1000), new(), id: 9, columns: true));
        Assert.NotNull(enough.Columns(new(1)));
    }

    [Fact]
    public void Of_very_wide_documents_the_first_fields_have_columns_and_the_others_are_not_denied()
    {
        using var tables = new TestTables();
        var wide = new DocumentBuilder(100);
        for (var i = 0; i < 100; i++) wide.Add($"f{i:D2}", Value.From((long)i));
        using var table = tables.WriteAndOpen([ColumnTables.Entry(1, 1, wide.Build())]);
        var columns = table.Columns(new(1))!;
        Assert.NotNull(columns.Find("f00"));
        Assert.Null(columns.Find("f99"));
        Assert.Null(columns.Find("nowhere"));
    }

    [Fact]
    public void What_is_loaded_is_loaded_once_and_counted()
    {
        using var tables = new TestTables();
        using var table = tables.WriteAndOpen(Rows(5000));
        var column = table.Columns(new(1))!.Find("category")!;
        Assert.Equal(column.Bytes, tables.Cache.Columns.SizeBytes);
        Parallel.For(0, 8, _ => Assert.Same(column, table.Columns(new(1))!.Find("category")));
        Assert.Equal(column.Bytes, tables.Cache.Columns.SizeBytes);
    }

    [Fact]
    public void Products_cost_less_than_four_and_a_half_bytes_each()
    {
        using var tables = new TestTables();
        var sorted = Enumerable.Range(0, 50_000).Select(i => ColumnTables.Entry(i, 1, Product((long)((ulong)i * 0x9E37_79B9_7F4A_7C15UL >> 40)))).ToList();
        var with = tables.Write(sorted, new(), id: 7, columns: true);
        var without = tables.Write(sorted, new(), id: 8);
        Assert.InRange((with.FileBytes - without.FileBytes) / (double)sorted.Count, 0.1, 4.5);
    }

    private static void AssertNumbers(TableColumns columns, string field, NumberKind kind, int codeBytes)
    {
        var column = Assert.IsType<CodeColumn>(columns.Find(field));
        Assert.Equal((kind, codeBytes), (Assert.IsType<NumberKeys>(column.Keys).Kind, column.CodeBytes));
    }

    private static List<TestEntry> Rows(int count) => [.. Enumerable.Range(0, count).Select(i => ColumnTables.Entry(i, 1, new DocumentBuilder(12)
        .Add("type", Value.From("product"))
        .Add("name", Value.From($"Product #{i}"))
        .Add("category", Value.From("category " + (i % 10)))
        .Add("price", Value.From((i % 1000) + 0.99))
        .Add("stock", Value.From((long)(i % 500)))
        .Add("unique", i % 100 == 7 ? Value.Null : Value.From(i * 3L))
        .Add("second", Value.FromTimestampTicks(638_000_000_000_000_000 + (i * TimeSpan.TicksPerSecond)))
        .Add("cents", i < 12_000 ? Value.From(i * 7L) : Value.From(Math.Round(i * 1.01, 2)))
        .Add("late", i == count - 1 ? Value.From(new[] { Value.From(1L) }) : Value.From(1L))
        .Add("odd", i == count - 1 ? Value.From("word") : Value.From((long)i))
        .Add(i > count - 10 ? "rare" : "type2", Value.From(1L))
        .Build()))];

    private static Document Product(long i) => new DocumentBuilder(7)
        .Add("type", Value.From("product"))
        .Add("name", Value.From($"Product #{i}"))
        .Add("category", Value.From("category " + (i % 10)))
        .Add("price", Value.From((i % 1000) + 0.99))
        .Add("rating", Value.From(i % 50 / 10.0))
        .Add("stock", Value.From(i % 500))
        .Add("description", Value.From($"Description for product {i}"))
        .Build();
}
