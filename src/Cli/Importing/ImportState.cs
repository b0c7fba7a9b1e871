// What an import must remember to go on after a crash: a small JSON file beside the imported one, replaced by
// rename after every batch.
//
//   acked    every line up to here has been answered for (offset, line, and how long the rejects file was)
//   sentLine lines after acked and up to here may or may not have been written: sent, answer unknown
//   session  makes the ids of documents that bring none; the same line gets the same id when it is sent again
//
// So a resumed import repeats at most the batches that were under way, and repeats them as the same documents.

using System.Text.Json;
using System.Text.Json.Serialization;

namespace IngoDB.Cli.Importing;

internal sealed record ImportState(string Collection, long FileBytes, Guid Session)
{
    public long AckedOffset { get; init; }

    public long AckedLine { get; init; }

    public long SentLine { get; init; }

    public long RejectsBytes { get; init; }

    public long Written { get; init; }

    public long Skipped { get; init; }

    public long Rejected { get; init; }

    public static string PathFor(string file) => file + ".import.json";

    public static ImportState? Load(string file)
    {
        var path = PathFor(file);
        if (!new FileInfo(path).Exists) return null;
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read);
        return JsonSerializer.Deserialize(stream, ImportStateJson.Default.ImportState);
    }

    public void Save(string file)
    {
        var path = PathFor(file);
        using (var stream = new FileStream(path + ".new", FileMode.Create, FileAccess.Write))
            JsonSerializer.Serialize(stream, this, ImportStateJson.Default.ImportState);
        new FileInfo(path + ".new").MoveTo(path, overwrite: true);
    }

    public static void Forget(string file) => new FileInfo(PathFor(file)).Delete();
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(ImportState))]
internal sealed partial class ImportStateJson : JsonSerializerContext;
