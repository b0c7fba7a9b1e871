using System.Globalization;
using IngoDB.Model;

namespace IngoDB.Engine.Querying;

/// <summary>A plain string compared with a uuid or a timestamp stands for the one it spells.</summary>
internal static class Coercion
{
    /// <summary>The value itself, then the uuid and the timestamp that a string spells.</summary>
    public static IEnumerable<Value> Meanings(Value value)
    {
        yield return value;
        if (value.Kind != ValueKind.String) yield break;
        if (Guid.TryParseExact(value.AsString(), "D", out var uuid)) yield return uuid;
        if (DateTimeOffset.TryParse(value.AsString(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)) yield return time;
    }
}
