// The command line of a silo: two words of its own, and every configuration key.
//
//   --silos N      N silos in this process (default 1)
//   --data DIR     where they keep everything (default ./data)
//   --urls URL     where health is answered
//   --Section:Key=value   e.g. --IngoDB:Partitions=4, --Orleans:Endpoints:SiloPort=11111
//
// A word that is none of these is refused: a silo that silently ignores what it was told would be found out too late.

using System.Globalization;

namespace IngoDB.Silo;

/// <param name="Failure">What is wrong with the command line; null when nothing is.</param>
/// <param name="Rest">What goes to the configuration.</param>
internal sealed record SiloArguments(int Silos, string Directory, bool Help, string[] Rest, string? Failure)
{
    public const string Usage = """
        ingodb silo

          --silos N             so many silos in this process (default 1)
          --data DIR            where they keep everything (default ./data)
          --urls URL            where /health is answered (one silo)
          --Section:Key=value   any configuration key, e.g. --IngoDB:Partitions=4
        """;

    private const int SilosMax = 32;

    public static SiloArguments Parse(string[] args)
    {
        var parsed = new SiloArguments(1, SiloSettings.DefaultDirectory, Help: false, [], null);
        var rest = new List<string>();
        for (var i = 0; i < args.Length && parsed.Failure is null; i++)
        {
            var (name, value) = Split(args[i]);
            switch (name)
            {
                case "--help" or "-h" or "-?":
                    return parsed with { Help = true };
                case "--silos" or "--data" or "--urls" when value is null && ++i >= args.Length:
                    return parsed with { Failure = $"{name} needs a value." };
                case "--silos":
                    parsed = int.TryParse(value ?? args[i], NumberStyles.None, CultureInfo.InvariantCulture, out var silos) && silos is >= 1 and <= SilosMax
                        ? parsed with { Silos = silos }
                        : parsed with { Failure = $"--silos is a number from 1 to {SilosMax}, not '{value ?? args[i]}'." };
                    break;
                case "--data":
                    parsed = parsed with { Directory = value ?? args[i] };
                    break;
                case "--urls":
                    rest.Add($"--urls={value ?? args[i]}");
                    break;
                case var key when key.StartsWith("--", StringComparison.Ordinal) && key.Contains(':', StringComparison.Ordinal) && value is not null:
                    rest.Add(args[i]);
                    break;
                default:
                    parsed = parsed with { Failure = $"'{args[i]}' is not understood." };
                    break;
            }
        }

        return parsed with { Rest = [.. rest] };
    }

    private static (string Name, string? Value) Split(string argument)
    {
        var at = argument.IndexOf('=', StringComparison.Ordinal);
        return at < 0 ? (argument, null) : (argument[..at], argument[(at + 1)..]);
    }
}
