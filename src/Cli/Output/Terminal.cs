using System.Globalization;

namespace IngoDB.Cli.Output;

/// <summary>Where a command writes: data to <see cref="Out"/>, everything said about it to <see cref="Error"/>. Tests bring their own.</summary>
internal sealed record Terminal(TextWriter Out, TextWriter Error, TextReader In, bool OutIsTty, bool ErrorIsTty, bool Color, TimeProvider Time)
{
    public int Width { get; init; } = 120;

    public static Terminal OfTheProcess(TimeProvider time)
    {
        var color = string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR")) && !Console.IsOutputRedirected;
        return new(Console.Out, Console.Error, Console.In, !Console.IsOutputRedirected, !Console.IsErrorRedirected, color, time)
        {
            Width = Console.IsOutputRedirected ? 120 : Math.Max(40, Console.WindowWidth),
        };
    }

    public void Say(FormattableString line) => Error.WriteLine(line.ToString(CultureInfo.InvariantCulture));

    public void Say(string line) => Error.WriteLine(line);
}
