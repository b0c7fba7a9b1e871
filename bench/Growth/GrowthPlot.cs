// Small multiples on double logarithmic paper: a panel for each operation, a point for each run, the slope as a line through the
// middle of the points. Written by hand as SVG text.
using System.Globalization;
using System.Text;

namespace IngoDB.GrowthBench;

/// <summary>Writes growth.svg.</summary>
internal static class GrowthPlot
{
    private const int Columns = 4, Panel = 190, Margin = 34;

    public static void Write(string folder, IReadOnlyList<GrowthFinding> findings)
    {
        Directory.CreateDirectory(folder);
        var (width, height) = (Columns * Panel, (findings.Count + Columns - 1) / Columns * Panel);
        var svg = new StringBuilder();
        svg.Append(CultureInfo.InvariantCulture, $"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" font-family=\"sans-serif\" font-size=\"10\">\n<rect width=\"{width}\" height=\"{height}\" fill=\"white\"/>\n");
        for (var i = 0; i < findings.Count; i++) Draw(svg, findings[i], i % Columns * Panel, i / Columns * Panel);
        File.WriteAllText(Path.Combine(folder, "growth.svg"), svg.Append("</svg>\n").ToString());
    }

    private static string Bound(GrowthFinding finding) => finding.Law.RatioMax is { } most
        ? string.Create(CultureInfo.InvariantCulture, $"{finding.Ratio:0.0} times, at most {most:0}")
        : string.Create(CultureInfo.InvariantCulture, $"slope {finding.Slope:0.00}, at most {finding.Law.SlopeMax:0.00}");

    private static void Draw(StringBuilder svg, GrowthFinding finding, int left, int top)
    {
        var points = finding.Points.Select(point => (X: Math.Log10(point.Documents), Y: Math.Log10(point.Seconds))).ToList();
        var (minX, maxX) = (points.Min(p => p.X) - 0.1, points.Max(p => p.X) + 0.1);
        var middleY = (points.Min(p => p.Y) + points.Max(p => p.Y)) / 2;
        var half = Math.Max(1, (points.Max(p => p.Y) - points.Min(p => p.Y)) / 2 + 0.2);
        var size = Panel - 2 * Margin;
        svg.Append(CultureInfo.InvariantCulture, $"<g transform=\"translate({left},{top})\"><text x=\"{Margin}\" y=\"16\" font-weight=\"bold\">{finding.Law.Operation}</text><text x=\"{Margin}\" y=\"28\" fill=\"{(finding.Holds ? "#2f855a" : "#c53030")}\">{Bound(finding)}</text>");
        svg.Append(CultureInfo.InvariantCulture, $"<rect x=\"{Margin}\" y=\"{Margin}\" width=\"{size}\" height=\"{size}\" fill=\"none\" stroke=\"#cbd5e0\"/>");
        var (centerX, centerY) = (points.Select(p => p.X).Order().ElementAt(points.Count / 2), points.Select(p => p.Y).Order().ElementAt(points.Count / 2));
        if (!double.IsNaN(finding.Slope) && finding.Law.RatioMax is null) svg.Append(CultureInfo.InvariantCulture, $"<line x1=\"{X(minX):0.#}\" y1=\"{Y(centerY + (minX - centerX) * finding.Slope):0.#}\" x2=\"{X(maxX):0.#}\" y2=\"{Y(centerY + (maxX - centerX) * finding.Slope):0.#}\" stroke=\"#2b6cb0\"/>");
        foreach (var (x, y) in points) svg.Append(CultureInfo.InvariantCulture, $"<circle cx=\"{X(x):0.#}\" cy=\"{Y(y):0.#}\" r=\"2.5\" fill=\"#1a202c\" fill-opacity=\"0.6\"/>");
        svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{Margin}\" y=\"{Panel - 20}\">{finding.Points.Min(p => p.Documents):N0}</text><text x=\"{Panel - Margin}\" y=\"{Panel - 20}\" text-anchor=\"end\">{finding.Points.Max(p => p.Documents):N0}</text></g>\n");

        double X(double x) => Margin + (x - minX) / (maxX - minX) * size;
        double Y(double y) => Margin + size - Math.Clamp((y - (middleY - half)) / (2 * half), 0, 1) * size;
    }
}
