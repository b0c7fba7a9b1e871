// A state is a document and comes back as it was, whatever .NET allows a state to be. What can not be a document is refused when it is
// written, never stored in part.

using System.Globalization;
using System.Text.Json;
using IngoDB.GrainStorage.States;
using IngoDB.Model;
using Orleans.Runtime;

namespace IngoDB.GrainStorage.Tests.States;

public sealed class StateCodecTests
{
    private static readonly GrainId s_grain = GrainId.Create("thing", "one");

    [Fact]
    public void A_record_comes_back()
    {
        var state = new PlainRecord("Ada", 3, Guid.Parse("0195b7a0-0000-7000-8000-000000000001"), new(2026, 11, 27, 8, 0, 0, TimeSpan.Zero), 19.90m);
        var document = StoredOf(state);
        Assert.Equal(state, RoundTrip(state));
        Assert.Equal(["grain", "name", "count", "id", "at", "price"], document.Fields.Fields.ToArray().Select(field => field.Key));
        Assert.Equal((ValueKind.Uuid, ValueKind.Timestamp, ValueKind.Decimal), (document.Fields["id"].Kind, document.Fields["at"].Kind, document.Fields["price"].Kind));
    }

    [Fact]
    public void Types_without_a_public_constructor_come_back()
    {
        Assert.Equal(7, RoundTrip(WithoutPublicConstructor.Of(7)).Number);
        var foreign = RoundTrip(new WithForeignConstructor(2, 3));
        Assert.Equal((5, "2+3"), (foreign.Sum, foreign.Text));
    }

    [Fact]
    public void Private_members_with_an_id_come_back_also_of_base_classes()
    {
        var state = new WithPrivateMembersDerived { Note = "kept" };
        state.Add("a");
        state.Add("b");
        state.Double();
        var back = RoundTrip(state);
        Assert.Equal((2, "kept", 1.0), (back.Count, back.Note, back.Half));
        Assert.Equal(["a", "b"], back.Names);
    }

    [Fact]
    public void What_is_derived_comes_back_as_what_it_was()
    {
        var drawing = RoundTrip(new Drawing
        {
            Main = new Circle { Name = "sun", Radius = 2 },
            Shapes = [new Box { Width = 3 }, new NamedBox { Width = 4, Label = "l" }],
            ByName = new() { ["c"] = new Circle { Radius = 5 } },
        });
        Assert.Equal(2, Assert.IsType<Circle>(drawing.Main).Radius);
        Assert.Equal(3, Assert.IsType<Box>(drawing.Shapes[0]).Width);
        Assert.Equal((4, "l"), Assert.IsType<NamedBox>(drawing.Shapes[1]) is var named ? (named.Width, named.Label) : default);
        Assert.Equal(5, Assert.IsType<Circle>(drawing.ByName["c"]).Radius);

        Assert.Equal(9, Assert.IsType<NamedBox>(RoundTrip<Shape>(new NamedBox { Width = 9 })).Width);
        Assert.Equal("box", StoredOf<Shape>(new Box()).Fields[StateInheritance.Discriminator].AsString());
    }

    [Fact]
    public void Every_kind_of_member_comes_back()
    {
        var state = new Everything
        {
            Id = Guid.Parse("0195b7a0-0000-7000-8000-00000000abcd"), Color = Color.Green, Utc = new(2026, 1, 2, 3, 4, 5, 678, DateTimeKind.Utc), Span = TimeSpan.FromMinutes(1.5),
            Day = new(2026, 2, 28), Bytes = [1, 2, 255], NotANumber = double.NaN, Whole = 5, Single = 1.1f, Large = ulong.MaxValue, Exact = 0.10m, Letter = 'ü',
            ByNumber = new() { [7] = "seven" }, ByGuid = new() { [Guid.Empty] = 1 }, Set = ["x", "y"], Stack = new([1, 2, 3]), Queue = new([1, 2, 3]),
            Referred = GrainId.Create("player", "0195b7a0000070008000000000000001"), Link = new("https://example.org/a?b=c"), Any = "text",
        };
        var back = RoundTrip(state);
        Assert.Equal(JsonSerializer.Serialize(state, s_named), JsonSerializer.Serialize(back, s_named));
        Assert.Equal([3, 2, 1], back.Stack);
        Assert.Equal(state.Referred, back.Referred);
        Assert.Equal("0.10", back.Exact.ToString(CultureInfo.InvariantCulture));
        Assert.Equal(ValueKind.Double, StoredOf(state).Fields["whole"].Kind);
        Assert.Equal("text", back.Any);
    }

    [Fact]
    public void A_reference_holds_the_id_of_the_other_state()
    {
        Assert.Equal("thing", StoredOf(new Holder()).Fields["grain"].AsDocument()["type"].AsString());
        foreach (var key in new[] { "text", "0195b7a0000070008000000000000001", "0195b7a0-0000-7000-8000-000000000001", "0195B7A0000070008000000000000001", "2A+x" })
        {
            var state = RoundTrip(new Holder { Other = GrainId.Create("player", key) });
            Assert.Equal(GrainId.Create("player", key), state.Other);
            var reference = StoredOf(state).Fields["other"].AsDocument();
            Assert.Equal(Naming.StateIds.Of(state.Other).ToValue(), reference["key"]);
        }

        Assert.Equal(default, RoundTrip(new Holder()).Other);
    }

    [Fact]
    public void What_is_no_object_stands_in_a_field_of_its_own()
    {
        Assert.Equal(5, RoundTrip(5));
        Assert.Equal(5, StoredOf(5).Fields["state"].AsInt64());
        Assert.Equal("text", RoundTrip("text"));
        Assert.Equal([1, 2], RoundTrip(new List<int> { 1, 2 }));
        Assert.Equal(new() { ["grain"] = 1, ["_id"] = 2 }, RoundTrip(new Dictionary<string, int> { ["grain"] = 1, ["_id"] = 2 }));
        Assert.Null(RoundTrip<PlainRecord?>(null));
        var fields = RoundTrip(new PublicFields { A = 1, B = "b", Pair = (2, 3) });
        Assert.Equal((1, "b", (2, 3)), (fields.A, fields.B, fields.Pair));
    }

    [Fact]
    public void Names_that_are_ours_are_no_trouble()
    {
        var back = RoundTrip(new WithOurName { Grain = "mine", Other = "too" });
        Assert.Equal(("mine", "too"), (back.Grain, back.Other));
        Assert.Equal("mine", StoredOf(back).Fields["state"].AsDocument()["grain"].AsString());
    }

    [Fact]
    public void The_quick_way_into_a_row_and_the_thorough_one_write_the_same()
    {
        var codec = new DocumentStateCodec<Everything>(new StateJson(null, null), fallback: null);
        var random = new Random(3);
        for (var i = 0; i < 200; i++)
        {
            var state = new Everything { Id = Guid.Empty, Large = (ulong)random.NextInt64(), Whole = random.Next(10), Exact = random.Next(), Letter = (char)random.Next(32, 0xD7FF), Any = random.Next(2) == 0 ? null : "x\n\"y\"", Bytes = random.Next(2) == 0 ? null : [1] };
            var quick = codec.Encode(s_grain, state, null);
            quick = codec.Encode(s_grain, state, null);
            var thorough = new DocumentStateCodec<Everything>(new StateJson(null, null), fallback: null).Encode(s_grain, state, null);
            Assert.Equal(thorough.Shape, quick.Shape);
            Assert.Equal(thorough.Bytes.ToArray(), quick.Bytes.ToArray());
        }
    }

    [Fact]
    public void A_state_that_ends_says_when()
    {
        var end = new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);
        var codec = new DocumentStateCodec<PlainRecord>(new StateJson(null, null), fallback: null);
        foreach (var _ in new[] { 1, 2 })
        {
            var row = codec.Encode(s_grain, new("a", 1, Guid.Empty, end, 1), end);
            var document = new StoredDocument("one", new(1), new RowReader(row.Shape, row.Bytes.Span).Decode());
            Assert.Equal(end, document.Fields[FieldNames.Expires].AsTimestamp());
            Assert.Equal("a", codec.Decode(document)!.Name);
        }
    }

    [Fact]
    public void What_cannot_be_a_document_is_refused_whole()
    {
        var loop = new Loop();
        loop.Next = loop;
        Assert.Equal("state.not_serializable", Assert.Throws<InvalidRequestException>(() => StoredOf(loop)).Code);
        Assert.Equal("state.not_serializable", Assert.Throws<InvalidRequestException>(() => StoredOf(new Dictionary<PlainRecord, int> { [new("a", 1, default, default, 0)] = 1 })).Code);
        var other = StoredOf(new Holder2 { Number = "text" });
        Assert.Equal("state.not_this_type", Assert.Throws<InvalidRequestException>(() => new DocumentStateCodec<Holder3>(new StateJson(null, null), null).Decode(other)).Code);
    }

    private static readonly JsonSerializerOptions s_named = new() { NumberHandling = System.Text.Json.Serialization.JsonNumberHandling.AllowNamedFloatingPointLiterals };

    private static T RoundTrip<T>(T state) => new DocumentStateCodec<T>(new StateJson(null, null), fallback: null).Decode(StoredOf(state))!;

    private static StoredDocument StoredOf<T>(T state)
    {
        var row = new DocumentStateCodec<T>(new StateJson(null, null), fallback: null).Encode(s_grain, state, null);
        RowWriter.Validate(row.Shape, row.Bytes.Span);
        return new("one", new(1), new RowReader(row.Shape, row.Bytes.Span).Decode());
    }

    private sealed class Holder
    {
        public GrainId Other { get; set; }
    }

    private sealed class Holder2
    {
        public string Number { get; set; } = "";
    }

    private sealed class Holder3
    {
        public int Number { get; set; }
    }
}
