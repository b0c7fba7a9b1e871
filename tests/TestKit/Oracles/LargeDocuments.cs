// A small world of many documents, as a database in use holds them: people who know each other and live at places, and links between
// people. Enough of them that an answer is many pages and that every table has columns. Fields are called a to h, as those of
// ValueGenerators, so that its filters and aggregates mean something here; most hold what a field usually holds, one (`h`) holds anything.
//
//   people   a {a, b}  b 0..9 of any numeric type   c kind   d [tags]   e quarters   f text   g time   h anything
//            n number  w weight   to [people]   boss person   at place
//   links    from person   to person   w weight   c label                 places   b region   c name   near [places]

using IngoDB.Model;

namespace IngoDB.Tests;

/// <summary>Random documents of three collections that refer to each other. One thread.</summary>
public sealed class LargeDocuments(OracleStory story, int people, int links, int places)
{
    public const string People = "people", Links = "links", Places = "places";

    public int Count => people + links + places;

    public static DocumentId Person(int i) => i % 4 == 3 ? new(new Guid(i, 1, 2, 3, 4, 5, 6, 7, 8, 9, (byte)i)) : new($"p{i:D5}");

    public static DocumentId Link(int i) => new($"l{i:D5}");

    public static DocumentId Place(int i) => new($"at-{i:D3}");

    /// <summary>Every document once.</summary>
    public IEnumerable<(string Collection, OracleChange Change)> All() => Enumerable.Range(0, Count).Select(i => Change(i, isDeletion: false));

    /// <summary>Documents anew, each at most once; one in eight is gone afterwards.</summary>
    public IReadOnlyList<(string Collection, OracleChange Change)> Next(int count)
        => [.. Enumerable.Range(0, count).Select(_ => story.Next(Count)).Distinct().Select(i => Change(i, story.Next(8) == 0))];

    /// <summary>Documents that have ended before they are written: no query ever sees them.</summary>
    public IReadOnlyList<(string Collection, OracleChange Change)> NextGhosts(int count)
        => [.. Enumerable.Range(0, count).Select(_ => story.Next(people)).Distinct().Select(i => (People, new OracleChange(new($"ghost-{i:D5}"), NextPerson(i).With(FieldNames.Expires, new DateTimeOffset(2020, 1, 1, 0, 0, 0, TimeSpan.Zero)))))];

    private (string, OracleChange) Change(int i, bool isDeletion)
    {
        if (i < people) return (People, new(Person(i), isDeletion ? null : NextPerson(i)));
        if (i < people + links) return (Links, new(Link(i - people), isDeletion ? null : NextLink()));
        return (Places, new(Place(i - people - links), isDeletion ? null : NextPlace()));
    }

    private Document NextPerson(int i)
    {
        var fields = new DocumentBuilder()
            .Add("a", Document.Of(("a", story.Next(100)), ("b", $"v{story.Next(10)}")))
            .Add("b", AnyType(story.Next(10)))
            .Add("c", $"kind-{Math.Min(story.Next(20), story.Next(20)):D2}")
            .Add("d", Value.From([.. Enumerable.Range(0, story.Next(4)).Select(_ => Value.From($"t{story.Next(12)}"))]));
        if (story.Next(12) != 0) fields.Add("e", story.Next(10) == 0 ? Value.Null : Value.From((story.Next(400) - 200) / 4.0));
        fields.Add("f", new string((char)('a' + story.Next(3)), story.Next(90)));
        if (story.Next(6) != 0) fields.Add("g", new DateTimeOffset(2024, 1, 1, 0, 0, 0, TimeSpan.Zero).AddHours(story.Next(2000)));
        if (story.Next(4) == 0) fields.Add("h", story.Next(ValueGenerators.AnyValue));
        fields.Add("n", story.Next(40) == 0 ? story.Next(people) : i).Add("w", 1 + story.Next(9));
        fields.Add("to", Value.From([.. Enumerable.Range(0, story.Next(5)).Select(_ => Person(story.Next(people)).ToValue())]));
        if (i > 0) fields.Add("boss", Person((i - 1) / 3).ToValue());
        if (story.Next(10) != 0) fields.Add("at", Place(story.Next(places)).ToValue());
        return fields.Build();
    }

    private Document NextLink()
        => Document.Of(("from", Person(story.Next(people)).ToValue()), ("to", Person(story.Next(people)).ToValue()), ("w", 1 + story.Next(9)), ("c", $"kind-{story.Next(5):D2}"));

    private Document NextPlace()
        => Document.Of(("b", story.Next(7)), ("c", $"place {story.Next(1000)}"), ("near", Value.From([.. Enumerable.Range(0, story.Next(7)).Select(_ => Place(story.Next(places)).ToValue())])));

    private Value AnyType(int number) => story.Next(12) switch { 0 => Value.From((double)number), 1 => Value.From((decimal)number), 2 => Value.From((ulong)number), _ => Value.From((long)number) };
}
