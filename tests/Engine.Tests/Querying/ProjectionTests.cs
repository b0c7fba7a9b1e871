using System.Buffers;
using CsCheck;
using IngoDB.Engine.Querying;
using IngoDB.Model;

namespace IngoDB.Tests.Querying;

public sealed class ProjectionTests
{
    private static readonly Document Movie = Document.Of(
        ("title", "Alien"), ("year", 1979), ("cast", Value.From("Weaver", "Hurt")),
        ("studio", Document.Of(("name", "Brandywine"), ("address", Document.Of(("city", "London"), ("zip", "W1"))))));

    [Fact]
    public void Names_are_kept_in_the_order_asked_for_and_missing_ones_left_out()
        => Assert.Equal("""{"year":1979,"title":"Alien"}""", Project(Movie, "year", "nothing", "title"));

    [Fact]
    public void Nested_paths_keep_their_nesting()
        => Assert.Equal("""{"studio":{"address":{"city":"London"},"name":"Brandywine"}}""", Project(Movie, "studio.address.city", "studio.name", "title.inside", "year.x"));

    [Fact]
    public void A_path_is_kept_whole_from_its_first_array_step_on()
        => Assert.Equal("""{"cast":["Weaver","Hurt"]}""", Project(Movie, "cast[0]"));

    [Fact]
    public void The_id_is_there_anyway_and_asking_for_it_is_harmless()
        => Assert.Equal("""{"title":"Alien"}""", Project(Movie, "_id", "_version", "title"));

    [Fact]
    public void Any_document_projected_to_some_of_its_fields_has_just_these()
        => Gen.Select(ValueGenerators.Document, ValueGenerators.FieldName.Where(name => name.Length > 0).List[0, 5], Gen.Bool).Sample((document, names, selfDescribed) =>
        {
            var paths = names.Distinct().Select(FieldPath.OfField).ToList();
            var expected = Document.Of([.. names.Distinct().Where(name => name is not ("_id" or "_version") && document.Contains(name)).Select(name => (name, document[name]))]);
            Assert.Equal(expected, Apply(new(paths), document, selfDescribed));
        }, iter: 5_000);

    [Fact]
    public void Equal_shapes_are_one_object_so_that_a_page_writes_names_once()
    {
        var projection = new Projection(["year", "title"]);
        Apply(projection, Movie, false);
        var first = projection.Shape;
        Apply(projection, Movie.With("rating", 9), false);
        Assert.Same(first, projection.Shape);
    }

    private static string Project(Document document, params string[] select) => DocumentJson.ToJson(Apply(new([.. select.Select(text => (FieldPath)text)]), document, selfDescribed: false));

    private static Document Apply(Projection projection, Document document, bool selfDescribed)
    {
        var row = new ArrayBufferWriter<byte>();
        if (selfDescribed) RowWriter.WriteSelfDescribed(document, row);
        else RowWriter.Write(document, row);
        projection.Apply(selfDescribed ? Shape.SelfDescribed : Shape.Of(document), row.WrittenSpan);
        RowWriter.Validate(projection.Shape, projection.Row);
        return new RowReader(projection.Shape, projection.Row).Decode();
    }
}
