// JSON has no uuid, timestamp, bytes or decimal. Their one text form each stands here, so that escapes, coercion of
// plain strings, output and errors cannot disagree about what a date looks like.

using System.Globalization;

namespace IngoDB.Model;

/// <summary>The text forms of values that JSON has no type for; what JSON escapes hold and what plain strings are coerced from.</summary>
public static class ValueText
{
    private static readonly string[] TimestampFormats =
    [
        "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK",
        "yyyy-MM-dd'T'HH:mm:ssK",
        "yyyy-MM-dd'T'HH:mmK",
        "yyyy-MM-dd",
    ];

    /// <summary>ISO 8601, from a day to 100 ns; without an offset it is UTC.</summary>
    public static bool TryParseTimestamp(string text, out DateTimeOffset time)
        => DateTimeOffset.TryParseExact(text, TimestampFormats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out time);

    public static string FormatTimestamp(long utcTicks)
        => new DateTime(utcTicks, DateTimeKind.Utc).ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", CultureInfo.InvariantCulture);

    /// <summary>The form with hyphens: 8-4-4-4-12 hexadecimal digits.</summary>
    public static bool TryParseUuid(string text, out Guid uuid) => Guid.TryParseExact(text, "D", out uuid);

    /// <summary>Digits with an optional sign and point; refused when a decimal cannot hold it exactly.</summary>
    public static bool TryParseDecimal(string text, out decimal number)
        => decimal.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out number) && IsExact(text, number);

    public static string FormatDecimal(decimal number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>The shortest text that reads back as the same double, never one that would read as an integer.</summary>
    public static string FormatDouble(double number)
    {
        var text = number.ToString("R", CultureInfo.InvariantCulture);
        return text.AsSpan().ContainsAny('.', 'E') || !double.IsFinite(number) ? text : text + ".0";
    }

    /// <summary>decimal.Parse rounds beyond 28 digits without a word; a value that would change is not accepted.</summary>
    private static bool IsExact(string text, decimal number)
        => text.Length <= 28 || Significant(text) == Significant(FormatDecimal(number));

    private static string Significant(string text)
    {
        var digits = text.TrimStart('+', '-');
        return (digits.Contains('.', StringComparison.Ordinal) ? digits.TrimEnd('0').TrimEnd('.') : digits).TrimStart('0');
    }
}
