// Enough arithmetic to see that `16 MiB`, `16 * 1024 * 1024` and `16L << 20` are one number: integers in any spelling,
// + - * / <<, names of other constants. What is not arithmetic is compared as text.

using System.Globalization;
using System.Text.RegularExpressions;

namespace IngoDB.Repository.Tests;

internal static partial class ConstantValue
{
    private static readonly Dictionary<string, long> Units = new(StringComparer.Ordinal) { ["KiB"] = 1 << 10, ["MiB"] = 1 << 20, ["GiB"] = 1 << 30 };

    public static bool Same(string told, string real, IReadOnlyDictionary<string, string> constants) =>
        Number(told, constants) is { } a && Number(real, constants) is { } b ? a == b : Text(told) == Text(real);

    private static string Text(string value) => value.Replace("u8", "", StringComparison.Ordinal).Trim('"', '`', ' ', '\'');

    /// <summary>Null when it is not a number; words after the first number (fields, bytes) are prose, units are factors.</summary>
    private static decimal? Number(string value, IReadOnlyDictionary<string, string> constants)
    {
        var total = 0m;
        var (sign, term, seen) = (1m, (decimal?)null, false);
        var multiply = '*';
        foreach (Match token in Token().Matches(value))
        {
            var text = token.Value;
            if (text is "+" or "-")
            {
                total += sign * (term ?? 0);
                (sign, term, multiply) = (text == "-" ? -1m : 1m, null, '*');
                continue;
            }

            if (text is "*" or "/" or "<<")
            {
                multiply = text[0];
                continue;
            }

            decimal operand;
            if (char.IsDigit(text[0])) operand = Integer(text);
            else if (Units.TryGetValue(text, out var unit)) operand = unit;
            else if (constants.TryGetValue(text, out var other) && other != value && Number(other, constants) is { } known) operand = known;
            else if (seen) break;
            else return null;

            seen = true;
            term = term is not { } left ? operand : multiply switch { '*' => left * operand, '/' => Math.Truncate(left / operand), _ => left * (1L << (int)operand) };
            multiply = '*';
        }

        return seen ? total + (sign * (term ?? 0)) : null;
    }

    private static decimal Integer(string text)
    {
        var digits = text.Replace("_", "", StringComparison.Ordinal).Replace(",", "", StringComparison.Ordinal).TrimEnd('u', 'U', 'l', 'L');
        return digits.StartsWith("0x", StringComparison.OrdinalIgnoreCase) ? ulong.Parse(digits[2..], NumberStyles.HexNumber, CultureInfo.InvariantCulture) : decimal.Parse(digits, CultureInfo.InvariantCulture);
    }

    [GeneratedRegex(@"0[xX][0-9a-fA-F_]+[uUlL]*|\d[\d_,]*[uUlL]*|[A-Za-z_]\w*|<<|[-+*/""]")]
    private static partial Regex Token();
}
