using System.Text.Json;

namespace IngoDB.ClusterBench.Results;

/// <summary>One figure of one experiment.</summary>
/// <param name="Experiment">Its name.</param>
/// <param name="Silos">How many took part.</param>
/// <param name="Value">The figure: the median where there are several.</param>
/// <param name="Unit">ms, us, ratio, ops/s, messages/op, ...</param>
/// <param name="P50">Of the runs.</param>
/// <param name="P99">Of the runs; the largest where there are fewer than a hundred.</param>
/// <param name="Runs">How many there were.</param>
/// <param name="Must">What was wanted, in words; null: nothing was.</param>
/// <param name="Met">Whether it is.</param>
/// <param name="Note">What has to be known beside.</param>
internal sealed record Row(string Experiment, int Silos, double Value, string Unit, double? P50, double? P99, int Runs, string? Must = null, bool? Met = null, string? Note = null)
{
    public static Row Of(string experiment, int silos, string unit, Silos.Samples samples, string? must = null, Func<Silos.Samples, bool>? isMet = null, string? note = null)
        => new(experiment, silos, samples.Quantile(0.5), unit, samples.Quantile(0.5), samples.Quantile(0.99), samples.Count, must, isMet?.Invoke(samples), note);

    public static Row One(string experiment, int silos, string unit, double value, string? must = null, bool? met = null, string? note = null)
        => new(experiment, silos, value, unit, null, null, 1, must, met, note);
}

/// <summary>What a run measured, and where.</summary>
internal sealed record Report(string Machine, string Date, string LoadBefore, double Seconds, IReadOnlyList<Row> Rows)
{
    private static readonly JsonSerializerOptions s_json = new(JsonSerializerDefaults.Web) { WriteIndented = true, DefaultIgnoreCondition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull, NumberHandling = System.Text.Json.Serialization.JsonNumberHandling.AllowNamedFloatingPointLiterals, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static Report Load(string path) => JsonSerializer.Deserialize<Report>(File.ReadAllText(path), s_json)!;

    public void Save(string path) => File.WriteAllText(path, JsonSerializer.Serialize(this, s_json) + Environment.NewLine);
}
