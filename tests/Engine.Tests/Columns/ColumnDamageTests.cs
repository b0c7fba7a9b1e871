// A column that is believed instead of the rows must never be wrong: a flipped bit is named by file and offset when the
// column is loaded (or the table opened), and bytes that are well sealed but lie are refused, too.
using System.Buffers.Binary;
using IngoDB.Engine.Columns;
using IngoDB.Model;
using IngoDB.Tests.Cursors;
using IngoDB.Tests.Sstables;

namespace IngoDB.Tests.Columns;

public sealed class ColumnDamageTests : IDisposable
{
    private readonly TestTables _tables = new();
    private readonly List<TestEntry> _sorted = ColumnTables.Sorted(Enumerable.Range(0, 90).Select(i => ColumnTables.Entry(i % 80, (ulong)i + 1, i % 9 == 8 ? null : Of(i))));

    [Fact]
    public void Every_flipped_bit_of_a_table_with_columns_is_found()
    {
        var info = _tables.Write(_sorted, ColumnTables.Options with { Compress = false }, columns: true);
        var whole = _tables.BytesOf(info);
        for (var at = 0; at < whole.Length; at++)
        {
            var damaged = whole.ToArray();
            damaged[at] ^= (byte)(1 << (at % 8));
            _tables.Overwrite(info, damaged);
            var error = Assert.Throws<CorruptionException>(() => ReadAll(info));
            Assert.EndsWith(info.FileName, error.File, StringComparison.Ordinal);
            Assert.InRange(error.Offset, 0, damaged.Length);
        }
    }

    [Fact]
    public void A_damaged_column_fails_only_those_who_need_it()
    {
        var info = _tables.Write(_sorted, ColumnTables.Options with { Compress = false }, columns: true);
        using var whole = _tables.Open(info);
        var bytes = _tables.BytesOf(info);
        var damaged = 0;
        for (var at = 0; at < bytes.Length; at += 16)
        {
            bytes[at] ^= 1;
            _tables.Overwrite(info, bytes);
            bytes[at] ^= 1;
            try
            {
                using var table = _tables.Open(info);
                if (!Fails(() => table.Columns(new(1))!.Find("word"))) continue;
                damaged++;
                Assert.False(Fails(() => table.Columns(new(1))!.Find("number")));
                Assert.Equal(_sorted.Texts(), table.OpenCursor(new()).ReadAll());
            }
            catch (CorruptionException)
            {
                // something that is read when the table is opened
            }
        }

        Assert.True(damaged > 3);
    }

    [Theory]
    [InlineData(0, 3, "rows")] // another number of rows
    [InlineData(4, 9, "encoding 9")]
    [InlineData(5, 3, "3 bits")]
    [InlineData(5, 0, "0 bits")]
    [InlineData(8, 200, "400 bytes")]
    [InlineData(12, 200, "keys")]
    [InlineData(16, 90, "key 0")]
    [InlineData(23, 0x7F, "not above")]
    [InlineData(-1, 0xFF, "code 3")] // 3 codes, 2 bits: 11 is no code
    public void A_dictionary_that_lies_is_refused(int at, byte value, string problem)
    {
        var payload = Column([Value.From("a"), Value.From("b"), Value.From("c"), Value.From("c")]);
        payload[at < 0 ? payload.Length + at : at] = value;
        var error = Assert.Throws<CorruptionException>(() => new ColumnDecoder("f", 16, payload).Decode("a", 4));
        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
        Assert.Equal(16, error.Offset);
    }

    [Fact]
    public void Numbers_that_run_over_are_refused()
    {
        var payload = Column([.. Enumerable.Range(0, 100).Select(i => Value.From((long)i))]);
        BinaryPrimitives.WriteInt64LittleEndian(payload.AsSpan(16), long.MaxValue - 50);
        Assert.Throws<CorruptionException>(() => new ColumnDecoder("f", 0, payload).Decode("a", 100));
    }

    [Fact]
    public void Any_cut_and_any_flipped_byte_of_a_payload_is_refused_or_read_but_never_breaks()
    {
        var payload = Column([Value.From("a"), Value.From("b"), Value.From(1L), Value.Null]);
        for (var length = 0; length < payload.Length; length++) Assert.True(Fails(() => new ColumnDecoder("f", 0, payload.AsSpan(0, length)).Decode("a", 4)));
        for (var bit = 0; bit < payload.Length * 8; bit++)
        {
            payload[bit / 8] ^= (byte)(1 << (bit % 8));
            Fails(() => new ColumnDecoder("f", 0, payload).Decode("a", 4));
            payload[bit / 8] ^= (byte)(1 << (bit % 8));
        }
    }

    [Fact]
    public void Marks_of_other_rows_are_refused()
    {
        Assert.Equal([5UL], new ColumnDecoder("f", 0, [5, 0, 0, 0, 0, 0, 0, 0]).DecodeMarks(3));
        Assert.Throws<CorruptionException>(() => new ColumnDecoder("f", 0, [5, 0, 0, 0, 0, 0, 0, 0]).DecodeMarks(2));
        Assert.Throws<CorruptionException>(() => new ColumnDecoder("f", 0, [5, 0, 0, 0, 0, 0, 0, 0]).DecodeMarks(65));
    }

    public void Dispose() => _tables.Dispose();

    private static Document Of(int i) => Document.Empty.With("word", Value.From("word " + (i % 7))).With("number", Value.From((long)(i % 40))).With("same", Value.From(true));

    private static bool Fails(Action act)
    {
        try
        {
            act();
            return false;
        }
        catch (CorruptionException)
        {
            return true;
        }
    }

    private static byte[] Column(Value[] values)
    {
        using var field = new FieldCodes("a");
        foreach (var value in values)
        {
            var operand = new EncodedOperand(value);
            Assert.True(field.Add(operand.View));
        }

        return ColumnEncoder.Encode(field, 10_000)!.Value.Payload!;
    }

    private void ReadAll(IngoDB.Engine.Sstables.TableInfo info)
    {
        using var table = _tables.Open(info);
        table.OpenCursor(new()).ReadAll();
        var columns = table.Columns(new(1))!;
        foreach (var field in columns.Fields) columns.Find(field);
        Assert.False(columns.NotPlain.IsEmpty);
    }
}
