// The promise of a lambda: what the database finds is what LINQ would have found over the same objects. Random
// documents go through the client into the cluster in memory; each condition is asked there, and run here compiled.

using System.Linq.Expressions;
using System.Text.RegularExpressions;
using CsCheck;
using IngoDB.Client.Tests.Fakes;

namespace IngoDB.Client.Tests.Queries;

public sealed class LambdaAgainstLinqTests
{
    private static readonly string[] s_names = ["Alien", "Aliens", "alien", "Blade", ""];
    private static readonly int s_pivot = 2;

    private static readonly Expression<Func<Thing, bool>>[] s_conditions =
    [
        t => t.Number > s_pivot,
        t => t.Number >= 1 && t.Number < 4,
        t => 3 != t.Number,
        t => !(t.Number <= 2) || t.Name == "Alien",
        t => t.Maybe == null,
        t => t.Maybe != null && t.Maybe > 1,
        t => t.Maybe != 1,
        t => t.Flag,
        t => !t.Flag && t.Kind == Kind.Third,
        t => t.Kind != Kind.First,
        t => t.Name.StartsWith("Ali", StringComparison.Ordinal),
        t => t.Name.Contains("lie", StringComparison.OrdinalIgnoreCase),
        t => t.Tags.Contains("Blade"),
        t => !t.Tags.Any(tag => tag == "Alien" || tag == "alien"),
        t => t.Tags.Count == 2,
        t => t.Tags.Count > 1,
        t => s_names.Contains(t.Name) && t.Name != "",
        t => t.Inner.Number == 3 || t.Inner.Name == "Blade",
        t => t.Parts.Any(part => part.Number == 1 && part.Name == "alien"),
        t => t.Tags.All(tag => tag != "Blade"),
        t => t.Parts.All(part => part.Number > 1 || part.Name == ""),
        t => t.Maybe.HasValue && !(t.Maybe == 2),
        t => string.IsNullOrEmpty(t.Name),
        t => Regex.IsMatch(t.Name, "^[aA].*n$"),
        t => t.Name.Equals("alien", StringComparison.Ordinal) || s_names.Contains(t.Inner.Name),
        t => t.Price < 2.5m,
        t => t.Id != Guid.Empty,
    ];

    private static readonly Gen<string> s_name = Gen.Int[0, 4].Select(i => s_names[i]);

    private static readonly Gen<Inner> s_inner = Gen.Select(Gen.Int[0, 4], s_name, (number, name) => new Inner(number, name));

    private static readonly Gen<Thing> s_thing = Gen.Select(
        Gen.Select(Gen.Guid, Gen.Int[0, 5], Gen.Int[0, 3], Gen.Bool),
        Gen.Select(s_name, s_name.List[0, 3], Gen.Enum<Kind>(), Gen.Int[0, 5]),
        s_inner,
        s_inner.List[0, 3],
        (numbers, texts, inner, parts) => new Thing
        {
            Id = numbers.Item1,
            Number = numbers.Item2,
            Maybe = numbers.Item3 == 0 ? null : numbers.Item3,
            Flag = numbers.Item4,
            Name = texts.Item1,
            Tags = texts.Item2,
            Kind = texts.Item3,
            Price = texts.Item4 / 2m,
            Inner = inner,
            Parts = parts,
        });

    [Fact]
    public void The_database_finds_what_LINQ_finds() => s_thing.List[0, 12].Sample(
        things =>
        {
            var collection = new FakeCluster().Database.Collection<Thing>("things");
            collection.UpsertManyAsync(things).GetAwaiter().GetResult().EnsureApplied();
            foreach (var condition in s_conditions)
            {
                var expected = things.DistinctBy(thing => thing.Id).Where(condition.Compile()).Select(thing => thing.Id).ToHashSet();
                var found = collection.Where(condition).ToListAsync().GetAwaiter().GetResult().Select(thing => thing.Id).ToHashSet();
                if (!expected.SetEquals(found)) throw new Xunit.Sdk.XunitException($"{condition}: {found.Count} found, {expected.Count} expected");
            }
        },
        iter: 200);

    internal enum Kind
    {
        First,
        Second,
        Third,
    }

    internal sealed record Inner(int Number, string Name);

    internal sealed record Thing
    {
        public Guid Id { get; init; }

        public int Number { get; init; }

        public int? Maybe { get; init; }

        public bool Flag { get; init; }

        public string Name { get; init; } = "";

        public Kind Kind { get; init; }

        public decimal Price { get; init; }

        public List<string> Tags { get; init; } = [];

        public Inner Inner { get; init; } = new(0, "");

        public List<Inner> Parts { get; init; } = [];
    }
}
