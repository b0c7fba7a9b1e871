// One row of a result file. The first seven members are what tools compare; the rest says how far to trust them.
using System.Text.Json;
using System.Text.Json.Serialization;

namespace IngoDB.ProductBench;

/// <summary>One figure: the median of its repetitions.</summary>
internal sealed record Row(
    [property: JsonPropertyName("engine")] string Engine,
    [property: JsonPropertyName("phase")] string Phase,
    [property: JsonPropertyName("value")] double Value,
    [property: JsonPropertyName("unit")] string Unit,
    [property: JsonPropertyName("cpu_us")] double? CpuMicros,
    [property: JsonPropertyName("durable")] bool Durable,
    [property: JsonPropertyName("docs")] long Documents,
    [property: JsonPropertyName("min")] double Min,
    [property: JsonPropertyName("max")] double Max,
    [property: JsonPropertyName("reps")] int Repetitions,
    [property: JsonPropertyName("foreign_cpu")] double ForeignShare,
    [property: JsonPropertyName("machine")] string Machine,
    [property: JsonPropertyName("date")] string Date);

/// <summary>Rows on disk: a JSON array.</summary>
internal static class ResultFile
{
    private static readonly JsonSerializerOptions Plain = new() { DefaultIgnoreCondition = JsonIgnoreCondition.Never, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>A row a line, so that a difference between two runs can be read.</summary>
    public static void Write(string path, IReadOnlyList<Row> rows) =>
        File.WriteAllText(path, "[\n" + string.Join(",\n", rows.Select(row => "  " + JsonSerializer.Serialize(row, Plain))) + "\n]\n");

    public static List<Row> Read(string path) => JsonSerializer.Deserialize<List<Row>>(File.ReadAllText(path), Plain)!;
}
