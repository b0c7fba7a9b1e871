// What a killed process had been told was safe. The child writes batches and says each acknowledged one on its
// stdout ("acked N": all documents below N), after the reply and never before. The parent keeps the last such line.
//
//   below N        must be there, whole and equal
//   N .. N+batch   was under way when the process died: there or not, but whole
//   above          nobody wrote

using System.Globalization;
using IngoDB.Model;

namespace IngoDB.Cli.Demo;

internal static class CrashLedger
{
    public const string Collection = "ledger";
    public const int BatchDocuments = 100;

    /// <summary>How many batches may be under way at once.</summary>
    public const int BatchesUnderWay = 1;

    public static DocumentId IdOf(int n) => new(string.Create(CultureInfo.InvariantCulture, $"entry-{n:D8}"));

    public static StoredDocument Entry(int n) => new(IdOf(n), default, Document.Of(("n", n), ("square", (long)n * n), ("text", string.Create(CultureInfo.InvariantCulture, $"entry {n} of the ledger"))));

    public static string AckedLine(int below) => string.Create(CultureInfo.InvariantCulture, $"acked {below}");

    public static int? ParseAcked(string line)
        => line.StartsWith("acked ", StringComparison.Ordinal) && int.TryParse(line.AsSpan(6), CultureInfo.InvariantCulture, out var below) ? below : null;

    /// <summary>Judges what was found after the crash.</summary>
    public static CrashFigures Judge(int acked, IReadOnlyList<StoredDocument> found)
    {
        var figures = new CrashFigures { Acknowledged = acked, Found = found.Count };
        var seen = new HashSet<DocumentId>();
        foreach (var document in found)
        {
            var isEntry = document["n"].Kind == ValueKind.Int64 && Entry((int)document["n"].AsInt64()) is { } entry && entry.Id == document.Id && entry.Fields.Equals(document.Fields);
            var isExpected = isEntry && document["n"].AsInt64() < acked + BatchesUnderWay * BatchDocuments;
            if (!isExpected || !seen.Add(document.Id)) figures.Damaged++;
        }

        for (var n = 0; n < acked; n++)
            if (!seen.Contains(IdOf(n))) figures.Lost++;
        return figures;
    }
}
