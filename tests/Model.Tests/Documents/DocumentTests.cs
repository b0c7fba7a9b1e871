using CsCheck;
using IngoDB.Model;

namespace IngoDB.Tests.Documents;

public sealed class DocumentTests
{
    [Fact]
    public void A_name_stands_once_however_many_fields_there_are()
    {
        foreach (var fields in new[] { 2, 40 })
        {
            var builder = new DocumentBuilder();
            for (var i = 0; i < fields; i++) builder.Add("f" + i, i);
            Assert.Equal("document.duplicate_field", Assert.Throws<InvalidRequestException>(() => builder.Add("f1", 0)).Code);
            var document = builder.Build();
            Assert.Equal(Value.From(1L), document["f1"]);
            Assert.Equal(-1, document.OrdinalOf("g"));
            Assert.True(document["g"].IsMissing);
        }

        Assert.Equal("document.missing_value", Assert.Throws<InvalidRequestException>(() => Document.Of(("a", Value.Missing))).Code);
    }

    [Fact]
    public void With_and_without_give_another_document_and_keep_the_order()
        => Gen.Select(ValueGenerators.Document, ValueGenerators.FieldName, ValueGenerators.Scalar).Sample((document, name, value) =>
        {
            var names = document.Select(f => f.Key).ToList();
            var with = document.With(name, value);
            Assert.Equal(value, with[name]);
            Assert.Equal(names.Contains(name) ? names : [.. names, name], with.Select(f => f.Key));
            var without = document.Without(name);
            Assert.False(without.Contains(name));
            Assert.Equal(names.Where(n => n != name), without.Select(f => f.Key));
            Assert.Equal(without, document.With(name, Value.Missing));
            Assert.Equal(names, document.Select(f => f.Key));
        }, iter: 2_000);

    [Fact]
    public void The_keys_of_ids_order_as_ids_do_and_as_values_do()
        => Gen.Select(ValueGenerators.Id, ValueGenerators.Id).Sample((a, b) =>
        {
            byte[] left = Key(a), right = Key(b);
            Assert.Equal(Math.Sign(a.CompareTo(b)), Math.Sign(left.AsSpan().SequenceCompareTo(right)));
            Assert.Equal(Math.Sign(a.CompareTo(b)), Math.Sign(ValueOrder.Compare(a.ToValue(), b.ToValue())));
            Assert.Equal(a, DocumentId.ReadKey(left));
            Assert.Equal(a == b, left.AsSpan().SequenceEqual(right));
        }, iter: 5_000);

    [Fact]
    public void An_id_has_one_to_255_bytes()
    {
        Assert.Equal(256, Key(new string('x', 255)).Length);
        Assert.Equal("document.bad_id", Assert.Throws<InvalidRequestException>(() => new DocumentId("")).Code);
        Assert.Equal("document.bad_id", Assert.Throws<InvalidRequestException>(() => new DocumentId(new string('ü', 128))).Code);
        Assert.Equal("document.bad_id", Assert.Throws<InvalidRequestException>(() => DocumentId.FromValue(5L)).Code);
        Assert.Throws<CorruptionException>(() => DocumentId.ReadKey([9, 1, 2]));
    }

    [Fact]
    public void A_value_is_not_converted_behind_the_callers_back()
    {
        Assert.Throws<InvalidOperationException>(() => Value.From(5.0).AsInt64());
        Assert.Equal(DateTimeOffset.UnixEpoch, Value.From(new DateTimeOffset(1970, 1, 1, 2, 0, 0, TimeSpan.FromHours(2))).AsTimestamp());
        Assert.Equal(TimeSpan.Zero, Value.From(DateTimeOffset.MaxValue).AsTimestamp().Offset);
        Assert.Equal("-1.10", Value.From(-1.10m).AsDecimal().ToString());
    }

    private static byte[] Key(DocumentId id)
    {
        var key = new byte[DocumentId.KeyBytesMax];
        return key[..id.WriteKey(key)];
    }
}
