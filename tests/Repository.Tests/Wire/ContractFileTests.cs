// src/Abstractions/WireContract.txt is what travels, as one page of text: each type by its alias, each member by its
// number. A change of the contract is then a change of that file, seen in review, and the rule can be read off the diff:
// lines are only ever added. Written anew with UPDATE_CONTRACT=1.

using System.Text.RegularExpressions;

namespace IngoDB.Repository.Tests;

public sealed partial class ContractFileTests
{
    private const string ContractPath = "src/Abstractions/WireContract.txt";

    [Fact]
    public void The_contract_file_says_what_the_sources_say()
    {
        var real = ContractOf(RepositoryFiles.Sources.Where(s => s.IsUnder("src") && !s.IsGenerated));
        if (Environment.GetEnvironmentVariable("UPDATE_CONTRACT") == "1") File.WriteAllText(RepositoryFiles.Absolute(ContractPath), real);

        Findings.None(Differences(RepositoryFiles.Text(ContractPath), real));
    }

    [Fact]
    public void A_member_that_changed_its_type_is_found_twice()
    {
        var was = ContractOf([Envelope("[Id(0)] public int Count { get; init; }")]);
        var isNow = ContractOf([Envelope("[Id(0)] public long Count { get; init; }")]);

        Assert.Equal(["`ingodb.a  0 int Count` is gone", "`ingodb.a  0 long Count` is new"], Differences(was, isNow).Select(f => f.Problem));
    }

    [Fact]
    public void A_contract_is_types_by_alias_and_members_by_number() =>
        Assert.Equal("ingodb.a A\n  0 int Count\n  1 string? Name\n", ContractOf([Envelope("[Id(1)] public string? Name { get; init; }\n    [Id(0)] public required int Count { get; init; }")]));

    private static IEnumerable<Finding> Differences(string told, string real)
    {
        const string instead = "Lines are only ever added: give a new member the next id, keep old ones. If that is what you did, run the tests once with UPDATE_CONTRACT=1 and commit the file.";
        var (was, isNow) = (Qualified(told), Qualified(real));
        return was.Except(isNow).Select(l => new Finding(ContractPath, $"`{l}` is gone", instead)).Concat(isNow.Except(was).Select(l => new Finding(ContractPath, $"`{l}` is new", instead)));
    }

    /// <summary>Member lines behind the alias of their type.</summary>
    private static List<string> Qualified(string contract)
    {
        var (lines, type) = (new List<string>(), "");
        foreach (var line in contract.Split('\n').Where(l => l.Length > 0))
        {
            if (line[0] != ' ') type = line.Split(' ')[0];
            lines.Add(line[0] == ' ' ? $"{type}{line}" : line);
        }

        return lines;
    }

    private static string ContractOf(IEnumerable<SourceFile> sources)
    {
        var types = from source in sources
                    from Match type in Type().Matches(source.Text)
                    let body = source.Text[type.Index..Next(source.Text, type.Index + type.Length)]
                    select $"{type.Groups["alias"].Value} {type.Groups["name"].Value}\n{string.Concat(Members(body))}";
        return string.Concat(types.Order(StringComparer.Ordinal));
    }

    private static IEnumerable<string> Members(string body) =>
        Member().Matches(body).OrderBy(m => int.Parse(m.Groups["id"].Value, System.Globalization.CultureInfo.InvariantCulture)).Select(m => $"  {m.Groups["id"].Value} {m.Groups["type"].Value} {m.Groups["name"].Value}\n");

    private static int Next(string text, int from)
    {
        var next = Type().Match(text, from);
        return next.Success ? next.Index : text.Length;
    }

    private static SourceFile Envelope(string members) => new("src/Abstractions/A.cs", $"[GenerateSerializer, Immutable, Alias(\"ingodb.a\")]\npublic sealed class A\n{{\n    {members}\n}}\n");

    [GeneratedRegex("^\\[GenerateSerializer[^\\n]*Alias\\(\"(?<alias>[^\"]+)\"\\)[^\\n]*\\]\\n(?:\\[[^\\n]*\\]\\n)*(?:public|internal)[^\\n]*?\\b(?:class|struct|record|enum)\\s+(?<name>\\w+)", RegexOptions.Multiline)]
    private static partial Regex Type();

    [GeneratedRegex(@"\[(?:property:\s*)?Id\((?<id>\d+)\)[^\]\n]*\]\s*(?:public\s+)?(?:required\s+)?(?:readonly\s+)?(?<type>[\w<>\[\],.?()]+(?:\s*[\w<>\[\]?]+>)?)\s+(?<name>\w+)")]
    private static partial Regex Member();
}
