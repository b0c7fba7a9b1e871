// Wherever the entries of an index come from, the file is the same, byte for byte: from the codes of the columns of the table that is being written, from the
// keys of the rows that pass, or from the table when it is there and codes were expected that it does not have.
using CsCheck;
using IngoDB.Engine.Columns;
using IngoDB.Engine.Entries;
using IngoDB.Engine.Indexing;
using IngoDB.Engine.Sstables;
using IngoDB.Model;
using IngoDB.Tests.Columns;
using IngoDB.Tests.Cursors;
using IngoDB.Tests.Sstables;

namespace IngoDB.Tests.Indexing;

public sealed class IndexRoutesTests
{
    private static readonly string[] s_paths = ["a", "a+b", "b", "b[]", "a(b)", "c", "a~hot"];

    private static readonly Gen<Value> AnyValue = Gen.OneOf(Gen.Int[0, 3].Select(n => Value.From(n)), Gen.Const(Value.Null), Gen.Char['a', 'c'].Select(c => Value.From($"{c}")));

    // The field c may have values in which filters look: then it has no column.
    private static readonly Gen<Document> AnyDocument = Gen.Select(AnyValue, AnyValue, Gen.Int[0, 9]).Select((a, b, dice) => dice switch
    {
        0 => Document.Of(("a", a)),
        1 => Document.Of(("a", a), ("b", b), ("c", Value.From([a, b]))),
        _ => Document.Of(("a", a), ("b", b), ("c", a)),
    });

    private static readonly Gen<List<TestEntry>> AnyRows = Gen.Select(AnyDocument, Gen.Int[0, 60], Gen.Int[0, 40]).List[1, 150]
        .Select(steps => ColumnTables.Sorted(steps.Select((step, i) => ColumnTables.Entry(step.Item2, (ulong)i + 1, step.Item3 < 4 ? null : step.Item1, expiresAt: step.Item3 == 5 ? 1_000UL : 0))));

    [Fact]
    public void An_index_is_the_same_file_from_codes_from_keys_and_from_the_table()
    {
        var (fromCodes, fromTable) = (0, 0);
        AnyRows.Sample(sorted =>
        {
            var keys = Write(sorted, columns: false, expectCodes: false, out _, out _);
            foreach (var expectCodes in (bool[])[false, true])
            {
                var files = Write(sorted, columns: true, expectCodes, out var routes, out var opened);
                Assert.Equal(keys, files);
                Interlocked.Add(ref fromCodes, s_paths.Index().Count(path => routes.AreFromCodes(new((uint)path.Index + 1))));
                Interlocked.Add(ref fromTable, opened);
                Assert.True(expectCodes || opened == 0, "What was collected needs no second look.");
            }
        }, iter: 60);
        Assert.True(fromCodes > 150 && fromTable > 6, $"{fromCodes} from codes, {fromTable} from the table");
    }

    // All that has a key of its own: with zero bytes, beyond what a double holds, longer than a length of two bytes.
    private static readonly Gen<Value> AnyKey = Gen.OneOf(AnyValue, Gen.Double.Select(n => Value.From(n)), Gen.Long.Select(n => Value.From(n)), Gen.Const(Value.From("\0a\0")), Gen.Const(Value.From(true)),
        Gen.Const(Value.From(new Guid("00112233-4455-6677-8899-aabbccddeeff"))), Gen.Const(Value.FromTimestampTicks(-7)), Gen.Const(Value.From(1.5m)), Gen.Int[0, 2].Select(n => Value.From(new string('x', 65_530 + n))));

    [Fact]
    public void An_index_of_a_table_that_has_each_document_once_is_the_same_from_its_values_and_from_its_entries()
    {
        string[] paths = ["a", "a+b", "b+a.x"];
        Gen.Select(AnyKey, AnyKey, Gen.Int[0, 9]).List[1, 60].Sample(steps =>
        {
            var sorted = ColumnTables.Sorted(steps.Select((step, i) => ColumnTables.Entry(i, (ulong)i + 1, step.Item3 == 0 ? null : Document.Of(("a", step.Item1), ("b", step.Item2)))));
            using var tables = new TestTables();
            var indexes = paths.Select((path, i) => new IndexKeys(new(new((uint)i + 1), new(1), IndexFields.Parse(path), "test"))).ToList();
            TableInfo info;
            using (var writer = new IndexingTableWriter(tables.Files, tables.Folder.Path, new(7), ColumnTables.Options with { Columns = false }, indexes, ColumnInputs.None, new(written => tables.Open(written))))
            {
                using var cursor = new ListCursor([.. sorted]);
                while (cursor.MoveNext()) writer.Append(cursor.Entry);
                info = writer.Finish();
            }

            using var table = tables.Open(info);
            Assert.False(table.HasOlder);
            foreach (var (i, path) in paths.Index())
            {
                var file = tables.Folder[info.Indexes[i].FileName(info.Id)];
                var fromEntries = File.ReadAllBytes(file);
                File.Delete(file);
                TableIndexBuilder.Build(tables.Files, tables.Folder.Path, table, new(new((uint)i + 1), new(1), IndexFields.Parse(path), "test"));
                Assert.Equal(fromEntries, File.ReadAllBytes(file));
            }
        }, iter: 100);
    }

    private static string[] Write(List<TestEntry> sorted, bool columns, bool expectCodes, out IndexRoutes routes, out int opened)
    {
        using var tables = new TestTables();
        var count = 0;
        routes = new(info =>
        {
            count++;
            return tables.Open(info);
        });
        var hot = new KeyRange[] { KeyRange.Point(CodeColumnTests.KeyOf(Value.From(1))) };
        var indexes = s_paths.Select((path, i) => new IndexKeys(new(new((uint)i + 1), new(1), IndexFields.Parse(path), "test"), hot)).ToList();
        foreach (var index in indexes) routes.Note(index.Definition.Id, expectCodes);
        using var writer = new IndexingTableWriter(tables.Files, tables.Folder.Path, new(7), ColumnTables.Options with { Columns = columns }, indexes, ColumnInputs.None, routes);
        using var cursor = new ListCursor([.. sorted]);
        while (cursor.MoveNext()) writer.Append(cursor.Entry);
        var info = writer.Finish();
        opened = count;
        return [.. info.Indexes.Select(index => $"{index.Index} {index.EntryCount}: {Convert.ToHexString(File.ReadAllBytes(tables.Folder[index.FileName(info.Id)]))}")];
    }
}
