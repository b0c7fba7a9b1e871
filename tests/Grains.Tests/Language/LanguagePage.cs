// docs/language.md as data: the page is what the test runs. A fence's info string says what its text is:
//
//   ```jsonl movies       documents of a collection, loaded before anything is asked
//   ### eq                an example by name, until the next heading
//   ```json request       what is asked
//   ```csharp             the same with the typed client: the lines of the method of that name (LanguageExamples)
//   ```json result        what comes back, a document a line; ```text result for writes
//   ```text plan          how a partition finds it
//   ```json refused       what is refused; ```text refusal says how
//
// UPDATE_PAGES=1 writes results and plans as they are; the diff is for people to judge.

using System.Text;
using System.Text.RegularExpressions;

namespace Grains.Tests.Language;

/// <summary>A fenced block and where its text lies in the page.</summary>
internal sealed record Fence(string Info, string Text, int Start);

/// <summary>What stands under one heading.</summary>
internal sealed record PageExample(string Name, IReadOnlyList<Fence> Fences)
{
    public Fence? this[string info] => Fences.FirstOrDefault(fence => fence.Info == info);

    public Fence? Result => this["json result"] ?? this["text result"];
}

internal sealed partial class LanguagePage
{
    private readonly string _path;
    private readonly List<(Fence Fence, string Text)> _changes = [];

    public LanguagePage(string path)
    {
        _path = path;
        Text = File.ReadAllText(path);
        Examples = [.. Read(Text)];
    }

    public static bool IsUpdating => Environment.GetEnvironmentVariable("UPDATE_PAGES") == "1";

    public string Text { get; }

    public IReadOnlyList<PageExample> Examples { get; }

    /// <summary>Documents of collections, a line each.</summary>
    public IEnumerable<(string Collection, string[] Lines)> Data
        => Examples.SelectMany(example => example.Fences).Where(fence => fence.Info.StartsWith("jsonl ", StringComparison.Ordinal)).Select(fence => (fence.Info[6..], fence.Text.Split('\n')));

    /// <summary>The text of a fence is this, or the page is rewritten so that it is.</summary>
    public void Expect(PageExample example, Fence fence, string actual)
    {
        if (IsUpdating) _changes.Add((fence, actual));
        else Assert.True(fence.Text == actual, $"docs/language.md, {example.Name}, {fence.Info}:\n{fence.Text}\nis now\n{actual}\n(UPDATE_PAGES=1 rewrites the page)");
    }

    public void Save()
    {
        if (!IsUpdating) return;
        var text = new StringBuilder(Text);
        foreach (var (fence, actual) in _changes.OrderByDescending(change => change.Fence.Start))
        {
            text.Remove(fence.Start, fence.Text.Length);
            text.Insert(fence.Start, fence.Text.Length == 0 && actual.Length > 0 ? actual + "\n" : actual);
        }

        File.WriteAllText(_path, text.ToString());
    }

    private static IEnumerable<PageExample> Read(string text)
    {
        var headings = Heading().Matches(text);
        for (var i = 0; i < headings.Count; i++)
        {
            var start = headings[i].Index;
            var end = i + 1 < headings.Count ? headings[i + 1].Index : text.Length;
            var fences = Fenced().Matches(text).Where(fence => fence.Index >= start && fence.Index < end);
            yield return new(headings[i].Groups["name"].Value, [.. fences.Select(fence => new Fence(fence.Groups["info"].Value, fence.Groups["text"].Value, fence.Groups["text"].Index))]);
        }
    }

    [GeneratedRegex(@"^#{1,3} (?<name>.+)$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex(@"^```(?<info>[a-z]+(?: [a-z]+)?)\n(?<text>.*?)\n?```$", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Fenced();
}
