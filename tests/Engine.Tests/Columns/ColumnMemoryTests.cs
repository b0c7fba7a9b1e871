// Columns that are loaded stay while there is room, the ones that are asked for rather than the others; what has to go
// comes back the same when somebody asks for it again.
using IngoDB.Engine.Columns;
using IngoDB.Engine.Sstables;
using IngoDB.Model;
using IngoDB.Tests.Sstables;

namespace IngoDB.Tests.Columns;

public sealed class ColumnMemoryTests
{
    private const int Rows = 3000;
    private const int Fields = 8;

    [Fact]
    public void What_is_held_never_exceeds_the_room_and_what_comes_back_is_the_same()
    {
        using var tables = new TestTables(cacheBytes: 4 * 3 * BytesOfOne());
        using var table = Open(tables);
        var columns = table.Columns(new(1))!;
        for (var look = 0; look < 100; look++)
        {
            var field = look * 7 % Fields;
            var column = columns.Find($"f{field}")!;
            for (var row = 0; row < Rows; row += 97) Assert.Equal((uint)((row + field) % 200), column[row]);
            Assert.InRange(tables.Cache.Columns.SizeBytes, column.Bytes, tables.Cache.Columns.CapacityBytes);
        }
    }

    [Fact]
    public void The_one_that_everybody_asks_for_stays()
    {
        using var tables = new TestTables(cacheBytes: 4 * 3 * BytesOfOne());
        using var table = Open(tables);
        var columns = table.Columns(new(1))!;
        var wanted = columns.Find("f0");
        for (var look = 0; look < 50; look++)
        {
            columns.Find($"f{1 + (look % 7)}");
            Assert.Same(wanted, columns.Find("f0"));
        }
    }

    [Fact]
    public void One_that_is_larger_than_the_room_is_alone()
    {
        using var tables = new TestTables(cacheBytes: 16);
        using var table = Open(tables);
        var columns = table.Columns(new(1))!;
        Assert.Same(columns.Find("f1"), columns.Find("f1"));
        Assert.Equal(columns.Find("f2")!.Bytes, tables.Cache.Columns.SizeBytes);
    }

    [Fact]
    public void A_table_that_leaves_takes_its_columns_along_and_a_new_one_brings_them_into_free_room()
    {
        using var tables = new TestTables(cacheBytes: 1 << 20);
        using var table = Open(tables, isNew: true);
        Assert.True(table.Warm(CancellationToken.None));
        Assert.Equal(Fields * BytesOfOne(), tables.Cache.Columns.SizeBytes);
        table.LeaveCache();
        Assert.Equal(0, tables.Cache.Columns.SizeBytes);
        Assert.NotNull(table.Columns(new(1))!.Find("f1"));
    }

    private static Sstable Open(TestTables tables, bool isNew = false)
    {
        var rows = Enumerable.Range(0, Rows).Select(row =>
        {
            var document = new DocumentBuilder(Fields);
            for (var field = 0; field < Fields; field++) document.Add($"f{field}", Value.From((long)((row + field) % 200)));
            return ColumnTables.Entry(row, 1, document.Build());
        });
        return Sstable.Open(tables.Files, tables.Folder.Path, tables.Write(rows, ColumnTables.Options, columns: true), tables.Shapes, tables.Cache, isNew);
    }

    private static long BytesOfOne() => CodeColumn.Of("f", Enumerable.Range(0, Rows).Select(row => (uint)(row % 200)).ToArray(), new NumberKeys(NumberKind.Integers, 0, 0, 0, 1, 200)).Bytes;
}
