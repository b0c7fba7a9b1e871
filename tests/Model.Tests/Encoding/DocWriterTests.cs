// The rows that DocWriter puts together value by value are those that RowWriter makes of the same document.

using System.Buffers;
using CsCheck;
using IngoDB.Model;

namespace IngoDB.Tests.Encoding;

public sealed class DocWriterTests
{
    private static readonly Shape Product = Shape.Of("type", "name", "price", "stock", "tags");

    [Fact]
    public void Whatever_the_document_the_bytes_are_those_of_the_row_writer()
    {
        var writer = new DocWriter();
        ValueGenerators.Document.Sample(document =>
        {
            var shape = Shape.Of(document);
            writer.Begin(shape);
            foreach (var (_, value) in document.Fields) WriteAsItsKind(writer, value);
            Assert.Equal(RowOf(document), writer.Row.ToArray());
        }, threads: 1);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(240)]
    [InlineData(300)]
    [InlineData(70_000)]
    [InlineData(2_000_000)]
    public void Ends_widen_as_the_row_grows(int textBytes)
    {
        var writer = new DocWriter();
        var document = Document.Of(("a", 1), ("text", new string('x', textBytes)), ("b", 2.5), ("c", "é"));
        for (var round = 0; round < 2; round++)
        {
            writer.Begin(Shape.Of(document)).Write(1).Write(new string('x', textBytes)).Write(2.5).Write("é"u8);
            Assert.Equal(RowOf(document), writer.Row.ToArray());
        }
    }

    [Fact]
    public void A_row_costs_no_allocation()
    {
        var writer = new DocWriter();
        var bytes = Write(0);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++) bytes += Write(i);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
        Assert.True(bytes > 0);

        int Write(int i) => writer.Begin(Product).Write("product"u8).Write("a name").Write(i + 0.99).Write(i).WriteNull().Row.Length;
    }

    [Fact]
    public void A_row_without_all_of_its_values_is_no_row()
    {
        var writer = new DocWriter();
        Assert.Throws<InvalidOperationException>(() => writer.Row.Length);
        writer.Begin(Shape.Of("a", "b")).Write(1);
        Assert.Throws<InvalidOperationException>(() => writer.Row.Length);
        writer.Write(2);
        Assert.Equal(RowOf(Document.Of(("a", 1), ("b", 2))), writer.Row.ToArray());
        Assert.Throws<InvalidOperationException>(() => writer.Write(3));
        Assert.Throws<InvalidOperationException>(() => writer.Row.Length);
    }

    [Fact]
    public void A_value_that_is_refused_gives_up_the_row()
    {
        var writer = new DocWriter();
        writer.Begin(Shape.Of("a"));
        Assert.Throws<InvalidRequestException>(() => writer.Write(Value.From("fine", "\uD800")));
        Assert.Throws<InvalidOperationException>(() => writer.Row.Length);
        writer.Begin(Shape.Of("a"));
        Assert.Throws<InvalidRequestException>(() => writer.Write([0xC3]));
        writer.Write("mended");
        Assert.Equal(RowOf(Document.Of(("a", "mended"))), writer.Row.ToArray());
    }

    [Theory]
    [InlineData("document.reserved_field", "a", "_id")]
    [InlineData("document.reserved_field", "_version")]
    [InlineData("document.duplicate_field", "a", "b", "a")]
    public void A_shape_that_no_document_can_have_is_refused(string code, params string[] names)
        => Assert.Equal(code, Assert.Throws<InvalidRequestException>(() => new DocWriter().Begin(Shape.Of(names))).Code);

    private static void WriteAsItsKind(DocWriter writer, Value value)
    {
        switch (value.Kind)
        {
            case ValueKind.Null: writer.WriteNull(); break;
            case ValueKind.Bool: writer.Write(value.AsBool()); break;
            case ValueKind.Int64: writer.Write(value.AsInt64()); break;
            case ValueKind.UInt64: writer.Write(value.AsUInt64()); break;
            case ValueKind.Double: writer.Write(value.AsDouble()); break;
            case ValueKind.Decimal: writer.Write(value.AsDecimal()); break;
            case ValueKind.String when value.AsString().Length % 2 == 0: writer.Write(value.AsString()); break;
            case ValueKind.String: writer.Write(System.Text.Encoding.UTF8.GetBytes(value.AsString())); break;
            case ValueKind.Bytes: writer.WriteBytes(value.AsBytes().Span); break;
            case ValueKind.Uuid: writer.Write(value.AsUuid()); break;
            case ValueKind.Timestamp: writer.Write(new DateTimeOffset(value.AsTimestampTicks(), TimeSpan.Zero)); break;
            default: writer.Write(value); break;
        }
    }

    private static byte[] RowOf(Document document)
    {
        var target = new ArrayBufferWriter<byte>();
        RowWriter.Write(document, target);
        return target.WrittenSpan.ToArray();
    }
}
