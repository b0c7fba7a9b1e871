using IngoDB.Model;

namespace IngoDB.Cli.Demo;

/// <summary>Compares answers with what brute force says: the same documents, in the same order, field by field.</summary>
internal sealed class AnswerCheck
{
    private readonly List<string> _differences = [];

    public int Checked { get; private set; }

    public IReadOnlyList<string> Differences => _differences;

    public void Same(string question, IReadOnlyList<StoredDocument> expected, IReadOnlyList<StoredDocument> answer)
    {
        Checked++;
        for (var i = 0; i < Math.Min(expected.Count, answer.Count); i++)
        {
            if (expected[i].Id == answer[i].Id && expected[i].Fields.Equals(answer[i].Fields)) continue;
            _differences.Add($"{question}: document {i} is {Show(answer[i])}, not {Show(expected[i])}");
            return;
        }

        if (expected.Count != answer.Count) _differences.Add($"{question}: {answer.Count} documents instead of {expected.Count}");
    }

    public void Same(string question, long expected, long answer)
    {
        Checked++;
        if (expected != answer) _differences.Add($"{question}: {answer} instead of {expected}");
    }

    private static string Show(StoredDocument document) => $"{document.Id} {DocumentJson.ToJson(document.Fields)}";
}
