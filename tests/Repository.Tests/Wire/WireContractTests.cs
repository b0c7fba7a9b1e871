// Nodes of different age talk to each other, so what travels is a contract: every envelope names itself (an alias, never
// its .NET name), numbers its members once, and is sealed, so that nothing unforeseen hides behind a base class. A grain's
// interface and methods carry aliases for the same reason: a rename in C# must not be a break on the wire.

using System.Text.RegularExpressions;

namespace IngoDB.Repository.Tests;

public sealed partial class WireContractTests
{
    [Fact]
    public void Every_envelope_is_sealed_named_and_numbered() => Findings.None(Contracts.SelectMany(Envelopes));

    [Fact]
    public void Every_grain_interface_and_its_methods_have_aliases() => Findings.None(Contracts.SelectMany(Interfaces));

    [Fact]
    public void No_alias_is_used_twice() => Findings.None(Twice(Contracts));

    [Theory]
    [InlineData("public sealed class PutRequest { }", "PutRequest has no [GenerateSerializer]")]
    [InlineData("[GenerateSerializer, Alias(\"p\")]\npublic class PutRequest { }", "PutRequest is not sealed")]
    [InlineData("[GenerateSerializer]\npublic sealed class PutRequest { }", "PutRequest has no [Alias]")]
    [InlineData("[GenerateSerializer, Alias(\"p\")]\npublic sealed class PutRequest\n{\n    public int A { get; init; }\n}", "PutRequest.A has no [Id]")]
    [InlineData("[GenerateSerializer, Alias(\"p\")]\npublic sealed class PutRequest\n{\n    [Id(0)] public int A { get; init; }\n    [Id(0)] public int B { get; init; }\n}", "PutRequest uses [Id(0)] twice")]
    public void A_careless_envelope_is_found(string code, string problem) => Findings.One(Envelopes(new("src/Abstractions/A.cs", code)), problem);

    [Theory]
    [InlineData("public interface IThing : IGrainWithIntegerKey { }", "IThing has no [Alias]")]
    [InlineData("[Alias(\"t\")]\npublic interface IThing : IGrainWithIntegerKey\n{\n    ValueTask DoAsync(int a);\n}", "IThing.DoAsync has no [Alias]")]
    public void A_careless_grain_interface_is_found(string code, string problem) => Findings.One(Interfaces(new("src/Abstractions/A.cs", code)), problem);

    [Fact]
    public void An_alias_used_twice_is_found() => Findings.One(Twice([new("src/Abstractions/A.cs", "[Alias(\"ingodb.a\")]\n[Alias(\"ingodb.a\")]")]), "ingodb.a");

    private static IEnumerable<SourceFile> Contracts => RepositoryFiles.Sources.Where(s => (s.IsUnder("src/Abstractions") || s.IsUnder("src/Grains")) && !s.IsGenerated);

    private static IEnumerable<Finding> Envelopes(SourceFile source)
    {
        foreach (var type in TypesOf(source).Where(t => t.Kind != "interface" && t.Kind != "enum" && IsEnvelope(t)))
        {
            if (!type.Attributes.Contains("GenerateSerializer", StringComparison.Ordinal))
            {
                yield return new(source.Path, $"{type.Name} has no [GenerateSerializer]", "Give it [GenerateSerializer, Immutable, Alias(\"ingodb.…\")].");
                continue;
            }

            if (!type.Attributes.Contains("Alias(", StringComparison.Ordinal)) yield return new(source.Path, $"{type.Name} has no [Alias]", "Name it for the wire: Alias(\"ingodb.…\"), and never change it.");
            if (type.Kind == "class" && !type.Modifiers.Contains("sealed", StringComparison.Ordinal)) yield return new(source.Path, $"{type.Name} is not sealed", "Seal it.");
            foreach (Match property in Property().Matches(type.Body))
            {
                if (!property.Groups["attributes"].Value.Contains("Id(", StringComparison.Ordinal)) yield return new(source.Path, $"{type.Name}.{property.Groups["name"].Value} has no [Id]", "Number it with the next free id.");
            }

            foreach (var id in Id().Matches(type.Body).GroupBy(m => m.Value).Where(g => g.Count() > 1)) yield return new(source.Path, $"{type.Name} uses [{id.Key}] twice", "Ids are only ever added; take the next free one.");
        }
    }

    private static IEnumerable<Finding> Interfaces(SourceFile source)
    {
        foreach (var type in TypesOf(source).Where(t => t.Kind == "interface" && Regex.IsMatch(t.Bases, @"\bIGrain(With\w+|Service)?\b")))
        {
            if (!type.Attributes.Contains("Alias(", StringComparison.Ordinal)) yield return new(source.Path, $"{type.Name} has no [Alias]", "Name it for the wire.");
            foreach (Match method in Method().Matches(type.Body).Where(m => !m.Groups["attributes"].Value.Contains("Alias(", StringComparison.Ordinal)))
            {
                yield return new(source.Path, $"{type.Name}.{method.Groups["name"].Value} has no [Alias]", "Name it for the wire.");
            }
        }
    }

    private static IEnumerable<Finding> Twice(IEnumerable<SourceFile> sources) =>
        sources.SelectMany(s => TypeAlias().Matches(s.Text).Select(m => (m.Groups["alias"].Value, s.Path))).GroupBy(a => a.Value).Where(g => g.Count() > 1)
            .Select(g => new Finding(string.Join(", ", g.Select(a => a.Path).Distinct()), $"alias {g.Key} is used {g.Count()} times", "A name on the wire belongs to one type for ever."));

    /// <summary>An envelope is asked for by name (…Request, …Reply), or says itself that it travels.</summary>
    private static bool IsEnvelope(TypeText type) => type.Attributes.Contains("GenerateSerializer", StringComparison.Ordinal) || type.Name.EndsWith("Request", StringComparison.Ordinal) || type.Name.EndsWith("Reply", StringComparison.Ordinal);

    private static IEnumerable<TypeText> TypesOf(SourceFile source)
    {
        var starts = Type().Matches(source.Code);
        for (var i = 0; i < starts.Count; i++)
        {
            var m = starts[i];
            var end = i + 1 < starts.Count ? starts[i + 1].Index : source.Code.Length;
            yield return new(m.Groups["attributes"].Value, m.Groups["modifiers"].Value, m.Groups["kind"].Value, m.Groups["name"].Value, m.Groups["bases"].Value, source.Code[(m.Index + m.Length)..end]);
        }
    }

    [GeneratedRegex(@"(?<attributes>(?:^[ \t]*\[[^\n]*\]\s*\n)*)^(?<modifiers>(?:public|internal)[\w ]*?)\b(?:record\s+)?(?<kind>class|struct|record|interface|enum)\s+(?<name>\w+)(?:\([^{;]*?\))?(?<bases>[^{;]*)", RegexOptions.Multiline)]
    private static partial Regex Type();

    [GeneratedRegex(@"^[ \t]+(?<attributes>(?:\[[^\n]*?\]\s*)*)public\s+(?!static)[^\n(=]*?\b(?<name>\w+)\s*\{\s*get;", RegexOptions.Multiline)]
    private static partial Regex Property();

    [GeneratedRegex(@"^[ \t]+(?<attributes>(?:\[[^\n]*?\]\s*)*)(?:Value)?Task(?:<[^\n]*?>)?\s+(?<name>\w+)\(", RegexOptions.Multiline)]
    private static partial Regex Method();

    [GeneratedRegex(@"\bId\(\d+\)")]
    private static partial Regex Id();

    [GeneratedRegex("\\bAlias\\(\"(?<alias>ingodb\\.[^\"]+)\"\\)")]
    private static partial Regex TypeAlias();

    private sealed record TypeText(string Attributes, string Modifiers, string Kind, string Name, string Bases, string Body);
}
