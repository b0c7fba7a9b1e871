namespace IngoDB.TestKit;

/// <summary>One line of a golden script: <c>name argument argument key=value</c>; quotes keep spaces together.</summary>
public sealed record ScriptCommand(string Name, IReadOnlyList<string> Arguments, IReadOnlyDictionary<string, string> Options, string Line)
{
    public string this[int index] => index < Arguments.Count ? Arguments[index] : throw new FormatException($"'{Line}' lacks argument {index + 1}");

    public string? Option(string key) => Options.GetValueOrDefault(key);

    public long Number(string key, long otherwise) => Option(key) is { } text ? long.Parse(text, System.Globalization.CultureInfo.InvariantCulture) : otherwise;

    public bool Has(string argument) => Arguments.Contains(argument);

    public static ScriptCommand Parse(string line)
    {
        var arguments = new List<string>();
        var options = new Dictionary<string, string>();
        foreach (var word in Words(line))
        {
            var equals = word.IndexOf('=', StringComparison.Ordinal);
            if (equals > 0 && word[..equals].All(char.IsLetterOrDigit)) options[word[..equals]] = word[(equals + 1)..];
            else arguments.Add(word);
        }

        return new(arguments[0], arguments[1..], options, line);
    }

    private static IEnumerable<string> Words(string line)
    {
        var word = new System.Text.StringBuilder();
        var quoted = false;
        foreach (var c in line)
        {
            if (c == '\'') quoted = !quoted;
            else if (c != ' ' || quoted) word.Append(c);
            else if (word.Length > 0)
            {
                yield return word.ToString();
                word.Clear();
            }
        }

        if (word.Length > 0) yield return word.ToString();
    }
}
