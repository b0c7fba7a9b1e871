// Tests that are read for pleasure, after toydb's and pebble's. A script is a story: a comment with the point,
// commands, and what they printed. The runner executes the commands and compares; a difference is shown as the new
// text of the block. With UPDATE_SCRIPTS=1 the file is rewritten instead, and the review happens on the diff.
//
//   # A snapshot does not see what was written after it.
//   put a x=1
//   snapshot s
//   put a x=2
//   get a at=s
//   ---
//   a@1 {"x":1}
//
// A block is one or more command lines, ---, and the output up to a blank line. Commands that print nothing leave no
// line; a block of which nothing is printed says ok. An error is output too: scripts show refusals as well.

using System.Runtime.CompilerServices;
using System.Text;

namespace IngoDB.TestKit;

/// <summary>Runs a <c>*.script</c> file against an interpreter of its commands.</summary>
public static class GoldenScript
{
    private static bool Rewrites => Environment.GetEnvironmentVariable("UPDATE_SCRIPTS") == "1";

    /// <summary>All scripts of a folder beside the repository's root, as rows of a theory.</summary>
    public static IEnumerable<string> In(string folder)
        => Directory.GetFiles(Path.Combine(Root, folder), "*.script").Select(Path.GetFileName).Order(StringComparer.Ordinal)!;

    /// <param name="path">Relative to the root of the repository.</param>
    /// <param name="run">Executes one command and returns what it prints, lines separated by \n.</param>
    public static async Task RunAsync(string path, Func<ScriptCommand, Task<string>> run)
    {
        var file = Path.Combine(Root, path);
        var expected = (await File.ReadAllTextAsync(file)).ReplaceLineEndings("\n");
        var actual = await ReplayAsync(expected, run);
        if (actual == expected) return;
        if (Rewrites) await File.WriteAllTextAsync(file, actual);
        else Xunit.Assert.Fail($"{path} tells another story now (UPDATE_SCRIPTS=1 rewrites it):\n{FirstDifference(expected, actual)}");
    }

    public static Task Run(string path, Func<ScriptCommand, string> run) => RunAsync(path, command => Task.FromResult(run(command)));

    private static async Task<string> ReplayAsync(string text, Func<ScriptCommand, Task<string>> run)
    {
        var result = new StringBuilder();
        var lines = text.TrimEnd('\n').Split('\n');
        var output = new StringBuilder();
        var commands = 0;
        for (var i = 0; i < lines.Length; i++)
        {
            result.Append(lines[i]).Append('\n');
            if (lines[i] == "---")
            {
                result.Append(output.Length == 0 ? "ok\n" : output.ToString());
                while (i + 1 < lines.Length && lines[i + 1].Length > 0) i++;
                output.Clear();
                commands = 0;
            }
            else if (lines[i].Length > 0 && !lines[i].StartsWith('#'))
            {
                commands++;
                await ExecuteAsync(lines[i], run, output);
            }
        }

        if (commands > 0) result.Append("---\n").Append(output.Length == 0 ? "ok\n" : output.ToString());
        return result.ToString();
    }

    private static async Task ExecuteAsync(string line, Func<ScriptCommand, Task<string>> run, StringBuilder output)
    {
        string printed;
        try
        {
            printed = await run(ScriptCommand.Parse(line));
        }
        catch (Model.IngoDBException refused)
        {
            printed = $"{refused.Code}: {refused.Message}";
        }

        if (printed.Length > 0) output.Append(printed.TrimEnd('\n')).Append('\n');
    }

    private static string FirstDifference(string expected, string actual)
    {
        var left = expected.Split('\n');
        var right = actual.Split('\n');
        var first = Enumerable.Range(0, Math.Max(left.Length, right.Length)).First(i => i >= left.Length || i >= right.Length || left[i] != right[i]);
        var from = Math.Max(0, first - 8);
        return $"line {first + 1}\n--- as written\n{Lines(left)}\n--- now\n{Lines(right)}";

        string Lines(string[] lines) => string.Join('\n', lines.Skip(from).Take(first - from + 8));
    }

    /// <summary>The folder that holds the solution.</summary>
    public static string Root { get; } = FindRoot();

    private static string FindRoot([CallerFilePath] string thisFile = "")
    {
        foreach (var start in (string[])[AppContext.BaseDirectory, Path.GetDirectoryName(thisFile)!])
            for (var folder = new DirectoryInfo(start); folder is not null; folder = folder.Parent)
                if (File.Exists(Path.Combine(folder.FullName, "IngoDB.Orleans.sln"))) return folder.FullName;
        throw new DirectoryNotFoundException("The tests run inside a clone of the repository: scripts are read from it.");
    }
}
