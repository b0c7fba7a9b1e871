// What a walk over links selects is told by columns where they can, and read from the rows where they cannot; nobody can tell which.

using System.Buffers;
using IngoDB.Engine;
using IngoDB.Model;
using IngoDB.Tests.Core;

namespace IngoDB.Tests.Adjacency;

public sealed class SelectedResultsTests : EngineFixture
{
    private const int Documents = 400;

    // No room for blocks: who goes to a row decodes one.
    protected override EngineOptions Options => base.Options with { LinkCostPerRow = 0, ColumnRowsMin = 1, BlockBytes = 1024, BlockCacheBytes = 0 };

    [Fact]
    public async Task Text_truth_null_and_absence_are_told_without_going_to_a_row()
    {
        await FillAsync(i => Document.Of(Fields(i)));
        foreach (FieldPath[] select in new FieldPath[][] { ["a"], ["b", "a"], ["a", "b", "c", "d", "none"], ["_id"], [] })
        {
            Warm(select);
            using var stream = Engine.Query(Walk(select));
            while (stream.MoveNext()) _ = stream.Row;
            Assert.Equal(("links", 0L, 0L), (stream.Work.AccessPath, stream.Work.BlocksDecoded, stream.Work.BytesRead));
            Assert.Equal(Expected(select, i => Document.Of(Fields(i))), Read(select));
        }
    }

    // 1 and 1.0 are equal, so they share a code; a zero byte is escaped in a key.
    [Theory, InlineData(1), InlineData(2), InlineData(3)]
    public async Task What_a_code_does_not_tell_is_read_from_the_row(int seed)
    {
        Document Of(int i)
        {
            var random = new Random((seed * 1000) + i);
            Value[] values = [1, 1.0, "x", "x\0y", "", true, Value.Null, Value.Missing, 1m, Value.From([Value.From("x")]), Guid.Empty.ToString(), "ü€😀"];
            return Document.Of([.. new[] { "a", "b", "c" }.Select(name => (name, values[random.Next(seed == 1 ? 6 : values.Length)])).Where(field => !field.Item2.IsMissing)]);
        }

        await FillAsync(Of);
        foreach (FieldPath[] select in new FieldPath[][] { ["a"], ["c", "b"], ["a", "b", "c"], ["a.x", "b"] })
        {
            Warm(select);
            Assert.Equal(Expected(select, Of), Read(select));
        }
    }

    [Fact]
    public async Task A_version_and_a_row_are_there_in_any_order_of_asking()
    {
        await FillAsync(i => Document.Of(Fields(i)));
        Warm(["a"]);
        using var stream = Engine.Query(Walk(["a"]));
        for (var i = 0; stream.MoveNext(); i++)
        {
            // Sometimes the row first, sometimes the version, sometimes neither.
            var before = i % 3 == 0 ? stream.Row.ToArray() : null;
            if (i % 3 < 2) Assert.Equal(Engine.Get(Engine.Collection("n"), stream.Decode().Id)!.Version, stream.Version);
            if (before is not null) Assert.Equal(before, stream.Row.ToArray());
        }
    }

    private static (string, Value)[] Fields(int i) =>
    [
        ("a", $"word {i % 7}"),
        ("b", i % 2 == 0),
        .. i % 3 == 0 ? [("c", Value.Null)] : Array.Empty<(string, Value)>(),
        .. i % 5 == 0 ? [("d", (Value)"")] : Array.Empty<(string, Value)>(),
    ];

    private async Task FillAsync(Func<int, Document> fields)
    {
        var collection = Engine.Collection("n");
        for (var i = 0; i < Documents; i++) await Write(EngineWrite.Upsert(collection, IdOf(i), fields(i).With("next", IdOf((i + 1) % Documents).ToString())));
        await Engine.FlushAsync();
    }

    // The first walk wants the links, the second has them.
    private void Warm(FieldPath[] select)
    {
        Read(select);
        Engine.BuildIndexesAsync().GetAwaiter().GetResult();
        Read(select);
    }

    private static DocumentId IdOf(int i) => new($"n{i:D3}");

    private static TraverseQuery Walk(FieldPath[] select) => new() { From = "n", Hops = [new("next", new("n", "_id")) { Min = 0, Max = 2 }], Select = select };

    private static List<(DocumentId, string, string)> Expected(FieldPath[] select, Func<int, Document> fields)
        => [.. Enumerable.Range(0, Documents).Select(i => AsBytes(IdOf(i), Document.Of([.. select.Select(path => path.ToString().Split('.')[0]).Where(name => fields(i).Contains(name) && !select.Contains(name + ".x")).Select(name => (name, fields(i)[name]))])))];

    // Bytes, since 1 and 1.0 are equal as values.
    private static (DocumentId, string, string) AsBytes(DocumentId id, Document fields)
    {
        var row = new ArrayBufferWriter<byte>();
        RowWriter.Write(fields, row);
        return (id, string.Join(' ', fields.Fields.ToArray().Select(field => field.Key)), Convert.ToHexString(row.WrittenSpan));
    }

    private List<(DocumentId, string, string)> Read(FieldPath[] select)
    {
        using var stream = Engine.Query(Walk(select));
        var rows = new List<(DocumentId, string, string)>();
        while (stream.MoveNext()) rows.Add((DocumentId.ReadKey(stream.IdKey), string.Join(' ', stream.Shape.Names.ToArray()), Convert.ToHexString(stream.Row)));
        return rows;
    }
}
