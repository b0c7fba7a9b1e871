// What comes from outside is refused with a typed exception or understood completely; it never crashes a reader, and
// what a validator accepts, the unchecked readers can read. 250,000 mutations of valid bytes in each run.

using System.Buffers;
using System.Text;
using CsCheck;
using IngoDB.Model;

namespace IngoDB.Tests.Encoding;

public sealed class UntrustedBytesTests
{
    private static readonly Gen<(Shape Shape, byte[] Row)> Rows = ValueGenerators.Document.Select(document => (Shape.Of(document), Row(document)));

    private static readonly Gen<byte[]> SelfDescribed = ValueGenerators.Document.Select(document => Written(target => RowWriter.WriteSelfDescribed(document, target)));

    private static readonly Gen<byte[]> Requests = RequestGenerators.Request.Select(LiquidBinary.Write);

    [Fact]
    public void A_row_of_a_shape()
    {
        var accepted = 0;
        Rows.SelectMany(row => Mutations.Of(Gen.Const(row.Row)).Select(bytes => (row.Shape, Bytes: bytes))).Sample((shape, bytes) =>
        {
            if (TryValidate(shape, bytes)) Interlocked.Increment(ref accepted);
        }, iter: 70_000);
        Assert.True(accepted > 1_000, "some mutations give another valid row; if none did, the test would look at nothing");
    }

    [Fact]
    public void A_self_described_row()
        => Mutations.Of(SelfDescribed).Sample(bytes => { TryValidate(Shape.SelfDescribed, bytes); }, iter: 50_000);

    [Fact]
    public void A_shape()
        => Mutations.Of(ValueGenerators.Document.Select(document => Written(Shape.Of(document).WriteTo))).Sample(bytes =>
        {
            try
            {
                ReadOnlySpan<byte> source = bytes;
                var shape = Shape.Read(ref source);
                Assert.Equal(bytes[..^source.Length], Written(shape.WriteTo));
            }
            catch (CorruptionException)
            {
            }
        }, iter: 20_000);

    [Fact]
    public void A_page_of_writes()
        => Mutations.Of(Gen.Select(ValueGenerators.Id, ValueGenerators.Document, Gen.Int[1, 6]).List[0, 4].Select(WritePage)).Sample(bytes =>
        {
            try
            {
                var reader = new WritePageReader(bytes);
                while (reader.MoveNext())
                {
                    DocumentId.ReadKey(reader.IdKey);
                    if (reader.HasRow) new RowReader(reader.Shape, reader.Row.Span).Decode();
                    if (reader.Kind == WriteKind.Patch) Assert.NotEmpty(reader.Steps);
                }
            }
            catch (InvalidRequestException)
            {
            }
        }, iter: 40_000);

    [Fact]
    public void The_frame_of_a_page_of_documents()
        => Mutations.Of(ValueGenerators.StoredDocument.List[0, 4].Select(DocumentPage)).Sample(bytes =>
        {
            try
            {
                var reader = new DocumentPageReader(bytes);
                var seen = 0;
                for (; reader.MoveNext(); seen++) Assert.True(reader.IdKey.Length + reader.Row.Length + reader.OrderKey.Length <= bytes.Length);
                Assert.Equal(reader.Count, seen);
            }
            catch (Exception error) when (error is CorruptionException or UnsupportedFormatException)
            {
            }
        }, iter: 20_000);

    [Fact]
    public void A_binary_request()
        => Mutations.Of(Requests).Sample(bytes => { Understands(() => LiquidBinary.Read(bytes)); }, iter: 30_000);

    [Fact]
    public void A_json_request()
        => Mutations.Of(RequestGenerators.Request.Select(request => System.Text.Encoding.UTF8.GetBytes(LiquidJson.Write(request)))).Sample(bytes => { Understands(() => LiquidJson.Read(bytes)); }, iter: 20_000);

    /// <summary>Refused with a typed exception, or a request that can be written again.</summary>
    private static void Understands(Func<LiquidRequest> read)
    {
        LiquidRequest request;
        try
        {
            request = read();
        }
        catch (InvalidRequestException)
        {
            return;
        }

        LiquidBinary.Read(LiquidBinary.Write(request));
    }

    private static bool TryValidate(Shape shape, byte[] bytes)
    {
        try
        {
            RowWriter.Validate(shape, bytes);
        }
        catch (CorruptionException)
        {
            return false;
        }

        var document = new RowReader(shape, bytes).Decode();
        for (var i = 0; i < document.Count; i++)
        {
            var view = new RowReader(shape, bytes)[i];
            Assert.Equal(0, view.CompareTo(new EncodedOperand(document.Fields[i].Value)));
            OrderedKey.Append(view, new ArrayBufferWriter<byte>());
        }

        return true;
    }

    private static byte[] WritePage(List<(DocumentId Id, Document Document, int Kind)> writes)
    {
        var page = new WritePageWriter();
        foreach (var (id, document, kind) in writes)
        {
            if (kind == (int)WriteKind.Delete) page.AddDelete(id);
            else if (kind == (int)WriteKind.Patch) page.AddPatch(id, [new(PatchOperator.Set, "a.b", document)]);
            else page.Add((WriteKind)kind, id, document);
        }

        return page.Finish();
    }

    private static byte[] DocumentPage(List<StoredDocument> documents)
    {
        var page = new DocumentPageWriter();
        var idKey = new byte[DocumentId.KeyBytesMax];
        foreach (var document in documents)
        {
            page.Add(idKey.AsSpan(0, document.Id.WriteKey(idKey)), document.Version, Shape.Of(document.Fields), Row(document.Fields));
        }

        return page.Finish();
    }

    private static byte[] Row(Document document) => Written(target => RowWriter.Write(document, target));

    private static byte[] Written(Action<IBufferWriter<byte>> write)
    {
        var target = new ArrayBufferWriter<byte>();
        write(target);
        return target.WrittenSpan.ToArray();
    }
}
