using System.Buffers;
using CsCheck;
using IngoDB.Model;

namespace IngoDB.Tests.Encoding;

public sealed class RowTests
{
    [Fact]
    public void A_row_is_these_bytes()
    {
        var row = Encode(Document.Of(("i", 300L), ("t", true), ("s", "hé"), ("n", Value.Null), ("a", Value.From(1L, "x"))));
        byte[] expected =
        [
            1,                                                      // ends of one byte
            (byte)ValueKind.Int64, 0x42, (byte)ValueKind.String, (byte)ValueKind.Null, (byte)ValueKind.Array,
            2, 2, 5, 5, 13,                                         // where each value ends
            0x2C, 0x01,                                             // 300
            (byte)'h', 0xC3, 0xA9,                                  // "hé"
            2, 1, (byte)ValueKind.Int64, (byte)ValueKind.String, 1, 2, 1, (byte)'x',
        ];
        Assert.Equal(expected, row);
    }

    [Fact]
    public void Numbers_that_are_on_disk_never_change()
    {
        Assert.Equal("Missing Null Bool Int64 UInt64 Double Decimal String Bytes Uuid Timestamp Array Document", string.Join(' ', Enumerable.Range(0, 13).Select(tag => (ValueKind)tag)));
        Assert.Equal("Insert Upsert UpsertIfMissing Replace Patch Delete", string.Join(' ', Enumerable.Range(1, 6).Select(kind => (WriteKind)kind)));
    }

    [Fact]
    public void Every_document_comes_back_as_it_was()
        => ValueGenerators.Document.Sample(document =>
        {
            var row = Encode(document);
            var shape = Shape.Of(document);
            RowWriter.Validate(shape, row);
            AssertIdentical(Value.From(document), Value.From(new RowReader(shape, row).Decode()));
            foreach (var (name, value) in document.Fields)
                AssertIdentical(value, new RowReader(shape, row).Field(name).Decode());
            Assert.True(new RowReader(shape, row).Field("not there").IsMissing);
        }, iter: 20_000);

    [Fact]
    public void A_self_described_row_carries_its_names()
        => ValueGenerators.Document.Sample(document =>
        {
            var target = new ArrayBufferWriter<byte>();
            RowWriter.WriteSelfDescribed(document, target);
            RowWriter.Validate(Shape.SelfDescribed, target.WrittenSpan);
            var reader = new RowReader(Shape.SelfDescribed, target.WrittenSpan);
            AssertIdentical(Value.From(document), Value.From(reader.Decode()));
            for (var i = 0; i < document.Count; i++)
            {
                AssertIdentical(document.Fields[i].Value, reader[i].Decode());
                AssertIdentical(document.Fields[i].Value, reader.Field(document.Fields[i].Key).Decode());
            }
        }, iter: 5_000);

    [Fact]
    public void Ends_are_as_wide_as_the_payload_needs()
    {
        foreach (var (length, width) in new[] { (255, 1), (256, 2), (65_535, 2), (65_536, 4) })
        {
            var document = Document.Of(("a", 1L), ("s", new string('x', length - 1)), ("e", ""));
            var row = Encode(document);
            Assert.Equal(width, row[0]);
            RowWriter.Validate(Shape.Of(document), row);
            Assert.Equal(document, new RowReader(Shape.Of(document), row).Decode());
        }
    }

    [Fact]
    public void Encoded_values_compare_as_decoded_ones()
        => Gen.Select(ValueGenerators.AnyValue, ValueGenerators.AnyValue).Sample((a, b) =>
        {
            var (left, right) = (new EncodedOperand(a), new EncodedOperand(b));
            var expected = Math.Sign(ValueOrder.Compare(a, b));
            Assert.Equal(expected, Math.Sign(left.View.CompareTo(right.View)));
            Assert.Equal(expected, Math.Sign(left.View.CompareTo(right)));
            AssertIdentical(a, left.View.Decode());
        }, iter: 20_000);

    [Fact]
    public void Limits_are_refused_with_their_code()
    {
        AssertRefused("document.bad_unicode", Document.Of(("s", "\uD800")));
        AssertRefused("document.bad_unicode", Document.Of(("s", "\uFFFD and \uDC00 alone")));
        AssertRefused("document.bad_unicode", Document.Of(("\uD800", 1L)));
        AssertRefused("document.name_too_long", Document.Of((new string('n', 1025), 1L)));
        AssertRefused("document.too_large", Document.Of(("s", new string('x', RowFormat.DocumentBytesMax))));
        AssertRefused("document.missing_value", Document.Of(("a", Value.From(Value.Missing))));
        AssertRefused("document.too_deep", Nest(RowFormat.NestingMax));
        AssertRefused("document.too_deep", Nest(100_000));
        Encode(Nest(RowFormat.NestingMax - 1));
        AssertRefused("document.too_many_fields", Document.Of(Enumerable.Range(0, 10_001).Select(i => ("f" + i, Value.From((long)i))).ToArray()));
    }

    [Fact]
    public void An_id_with_half_a_surrogate_pair_is_refused_even_beside_a_real_replacement_character()
        => Assert.Equal("document.bad_id", Assert.Throws<InvalidRequestException>(() => new DocumentId("\uFFFD\uD800")).Code);

    private static Document Nest(int arrays)
    {
        Value value = 1L;
        for (var i = 0; i < arrays; i++) value = Value.From([value]);
        return Document.Of(("deep", value));
    }

    private static byte[] Encode(Document document)
    {
        var target = new ArrayBufferWriter<byte>();
        RowWriter.Write(document, target);
        return target.WrittenSpan.ToArray();
    }

    private static void AssertRefused(string code, Document document)
        => Assert.Equal(code, Assert.Throws<InvalidRequestException>(() => Encode(document)).Code);

    /// <summary>Equal, and of the same kinds all the way down (5 and 5.0 are equal, but not the same).</summary>
    internal static void AssertIdentical(Value expected, Value actual)
    {
        Assert.Equal(expected.Kind, actual.Kind);
        Assert.Equal(expected, actual);
        if (expected.Kind == ValueKind.Array)
            for (var i = 0; i < expected.AsArray().Length; i++) AssertIdentical(expected.AsArray().Span[i], actual.AsArray().Span[i]);
        if (expected.Kind != ValueKind.Document) return;
        for (var i = 0; i < expected.AsDocument().Count; i++)
        {
            Assert.Equal(expected.AsDocument().Fields[i].Key, actual.AsDocument().Fields[i].Key);
            AssertIdentical(expected.AsDocument().Fields[i].Value, actual.AsDocument().Fields[i].Value);
        }
    }
}
