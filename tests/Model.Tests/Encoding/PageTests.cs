using System.Buffers;
using CsCheck;
using IngoDB.Model;

namespace IngoDB.Tests.Encoding;

public sealed class PageTests
{
    [Fact]
    public void Documents_come_back_from_a_page_in_order_with_their_keys()
        => ValueGenerators.StoredDocument.List[0, 10].Sample(documents =>
        {
            var writer = new DocumentPageWriter();
            foreach (var document in documents) Add(writer, document, selfDescribed: document.Version.Raw % 5 == 0);
            Assert.Equal(documents.Count, writer.Count);
            var page = writer.Finish();
            Assert.Equal(0, writer.Count);
            Assert.Equal(documents, DocumentPageReader.DecodeAll(page));
            var reader = new DocumentPageReader(page);
            while (reader.MoveNext()) Assert.Equal(reader.IdKey, reader.OrderKey);
        }, iter: 2_000);

    [Fact]
    public void A_page_of_one_document_is_the_page_that_the_writer_makes()
        => ValueGenerators.StoredDocument.Sample(document =>
        {
            foreach (var selfDescribed in (bool[])[false, true])
            {
                var (writer, row, key) = (new DocumentPageWriter(), new ArrayBufferWriter<byte>(), new byte[DocumentId.KeyBytesMax]);
                if (selfDescribed) RowWriter.WriteSelfDescribed(document.Fields, row);
                else RowWriter.Write(document.Fields, row);
                var shape = selfDescribed ? Shape.SelfDescribed : Shape.Of(document.Fields);
                var idKey = key.AsSpan(0, document.Id.WriteKey(key));
                writer.Add(idKey, document.Version, shape, row.WrittenSpan);
                Assert.Equal(writer.Finish(), DocumentPageWriter.One(idKey, document.Version, shape, row.WrittenSpan));
            }
        }, iter: 2_000);

    [Fact]
    public void Two_pages_of_the_same_names_share_the_shape()
    {
        var (first, second) = (new DocumentPageReader(Page()), new DocumentPageReader(Page()));
        Assert.True(first.MoveNext() && second.MoveNext());
        Assert.Same(first.Shape, second.Shape);

        static byte[] Page() => DocumentPageWriter.One([7, (byte)'k'], new(2), Shape.Of("these", "names", "and", "no", "others"), [0]);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(127)]
    [InlineData(128)]
    [InlineData(16_383)]
    [InlineData(16_384)]
    [InlineData(int.MaxValue)]
    public void A_varint_is_as_long_as_it_says(int value) => Assert.Equal(Varint.Write(new byte[Varint.BytesMax], (uint)value), Varint.SizeOf(value));

    [Fact]
    public void Pages_are_these_bytes()
    {
        var documents = new DocumentPageWriter();
        Add(documents, new("k", new(2), Document.Of(("a", 1L))));
        Assert.Equal("01" + "01" + "010161" + "01" + "02076B" + "0200000000000000" + "01" + "04" + "01030101" + "02076B", Convert.ToHexString(documents.Finish()));
        var writes = new WritePageWriter();
        writes.Add(WriteKind.Upsert, "k", Document.Of(("a", 1L)), new(2));
        writes.AddDelete("k");
        Assert.Equal("01" + "01" + "010161" + "02" + "02" + "02076B" + "0200000000000000" + "05" + "01" + "01030101" + "06" + "02076B" + "0000000000000000" + "00", Convert.ToHexString(writes.Finish()));
    }

    [Fact]
    public void A_page_of_a_newer_version_is_refused()
    {
        Assert.Throws<UnsupportedFormatException>(() => new DocumentPageReader(new byte[] { 2, 0, 0 }));
        Assert.Equal("write.bad_page", Assert.Throws<InvalidRequestException>(() => new WritePageReader(new byte[] { 2, 0, 0 })).Code);
    }

    [Fact]
    public void A_page_of_writes_cannot_smuggle_in_an_id_or_a_version_as_a_field()
    {
        var page = new WritePageWriter();
        page.Add(WriteKind.Insert, "k", Document.Of(("xid", 1L)));
        var bytes = page.Finish();
        bytes[4] = (byte)'_';
        Assert.Equal("document.reserved_field", Assert.Throws<InvalidRequestException>(() => new WritePageReader(bytes)).Code);
    }

    [Fact]
    public void A_shape_is_written_once_a_page()
    {
        var writer = new DocumentPageWriter();
        for (var i = 0; i < 100; i++) Add(writer, new(new("k" + i), new(1), Document.Of(("a_rather_long_field_name", (long)i))));
        Assert.InRange(writer.Finish().Length, 100, 100 * 28);
    }

    [Fact]
    public void Writes_come_back_from_a_page_and_copy_without_being_decoded()
        => Gen.Select(ValueGenerators.Id, ValueGenerators.Document, Gen.Int[1, 6]).List[0, 10].Sample(writes =>
        {
            var writer = new WritePageWriter();
            foreach (var (id, document, kind) in writes) Add(writer, id, document, (WriteKind)kind);
            var page = writer.Finish();
            AssertWrites(writes, page);
            var copier = new WritePageWriter();
            var source = new WritePageReader(page);
            while (source.MoveNext()) copier.Copy(source);
            AssertWrites(writes, copier.Finish());
        }, iter: 2_000);

    [Fact]
    public void A_refused_document_leaves_the_page_as_it_was()
    {
        var writer = new WritePageWriter();
        writer.Add(WriteKind.Insert, new("a"), Document.Of(("x", 1L)));
        Assert.Throws<InvalidRequestException>(() => writer.Add(WriteKind.Insert, new("b"), Document.Of(("x", "\uD800"))));
        writer.Add(WriteKind.Insert, new("c"), Document.Of(("x", 2L)));
        var reader = new WritePageReader(writer.Finish());
        Assert.True(reader.MoveNext() && reader.MoveNext());
        Assert.Equal(Document.Of(("x", 2L)), new RowReader(reader.Shape, reader.Row.Span).Decode());
        Assert.False(reader.MoveNext());
    }

    private static void Add(WritePageWriter writer, DocumentId id, Document document, WriteKind kind)
    {
        if (kind == WriteKind.Patch) writer.AddPatch(id, [new(PatchOperator.Set, "a.b", Value.From(document)), new(PatchOperator.Unset, "c", Value.Missing)], new(7));
        else if (kind == WriteKind.Delete) writer.AddDelete(id, new(7));
        else writer.Add(kind, id, document, new(7));
    }

    private static void AssertWrites(List<(DocumentId Id, Document Document, int Kind)> expected, byte[] page)
    {
        var reader = new WritePageReader(page);
        Assert.Equal(expected.Count, reader.Count);
        foreach (var (id, document, kind) in expected)
        {
            Assert.True(reader.MoveNext());
            Assert.Equal((WriteKind)kind, reader.Kind);
            Assert.Equal(id, DocumentId.ReadKey(reader.IdKey));
            Assert.Equal(new DocumentVersion(7), reader.IfVersion);
            if (reader.HasRow) Assert.Equal(document, new RowReader(reader.Shape, reader.Row.Span).Decode());
            if (reader.Kind == WriteKind.Patch) Assert.Equal([new(PatchOperator.Set, "a.b", Value.From(document)), new(PatchOperator.Unset, "c", Value.Missing)], reader.Steps);
        }

        Assert.False(reader.MoveNext());
    }

    private static void Add(DocumentPageWriter writer, StoredDocument document, bool selfDescribed = false)
    {
        var row = new ArrayBufferWriter<byte>();
        if (selfDescribed) RowWriter.WriteSelfDescribed(document.Fields, row);
        else RowWriter.Write(document.Fields, row);
        Span<byte> idKey = stackalloc byte[DocumentId.KeyBytesMax];
        idKey = idKey[..document.Id.WriteKey(idKey)];
        writer.Add(idKey, document.Version, selfDescribed ? Shape.SelfDescribed : Shape.Of(document.Fields), row.WrittenSpan, idKey);
    }
}
