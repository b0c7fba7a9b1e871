// Progress for people on a terminal, and for logs everywhere else: redrawing a line with \r is noise in a file, and
// silence for an hour is worse. Both say the same: how much, how fast, how long still.

using System.Globalization;

namespace IngoDB.Cli.Output;

/// <summary>How far something is: a bar that redraws itself on a terminal, else one line every ten seconds, always on stderr.</summary>
internal sealed class ProgressLine
{
    private const int BarWidth = 12;
    private static readonly TimeSpan s_redraw = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan s_line = TimeSpan.FromSeconds(10);

    private readonly Terminal _terminal;
    private readonly string _name;
    private readonly long _began;
    private long _shown;
    private int _width;

    public ProgressLine(Terminal terminal, string name)
    {
        (_terminal, _name) = (terminal, name);
        _began = _shown = terminal.Time.GetTimestamp();
    }

    public TimeSpan Elapsed => _terminal.Time.GetElapsedTime(_began);

    /// <param name="fraction">0 to 1 of the whole, by whatever measures it (bytes of a file).</param>
    /// <param name="count">Items done so far; gives the rate.</param>
    /// <param name="unit">What they are.</param>
    /// <param name="notes">Said behind it, e.g. <c>3 rejected</c>.</param>
    public void Report(double fraction, long count, string unit, string notes)
    {
        if (_terminal.Time.GetElapsedTime(_shown) < (_terminal.ErrorIsTty ? s_redraw : s_line)) return;
        _shown = _terminal.Time.GetTimestamp();
        Show(Text(fraction, count, unit, notes));
    }

    /// <summary>The last state, and the line is closed.</summary>
    public void Finish(double fraction, long count, string unit, string notes)
    {
        Show(Text(fraction, count, unit, notes));
        if (_terminal.ErrorIsTty) _terminal.Error.WriteLine();
    }

    private void Show(string text)
    {
        if (!_terminal.ErrorIsTty)
        {
            _terminal.Error.WriteLine(text);
            return;
        }

        _terminal.Error.Write("\r" + text.PadRight(_width));
        _width = text.Length;
    }

    private string Text(double fraction, long count, string unit, string notes)
    {
        fraction = Math.Clamp(fraction, 0, 1);
        var filled = (int)(fraction * BarWidth);
        var elapsed = Elapsed.TotalSeconds;
        var rate = elapsed > 0 ? count / elapsed : 0;
        var left = fraction > 0 ? TimeSpan.FromSeconds(elapsed * (1 - fraction) / fraction) : TimeSpan.Zero;
        return string.Create(CultureInfo.InvariantCulture,
            $"{_name}  [{new string('#', filled)}{new string('-', BarWidth - filled)}] {fraction * 100,3:0} %  {count:N0} {unit}  {rate:N0} {unit}/s  ETA {(int)left.TotalMinutes}:{left.Seconds:00}  {notes}");
    }
}
