using System.Globalization;
using System.Text;

namespace IngoDB.LearningBench;

/// <summary>Cost so far after each step, a line for each design. Written by hand as SVG text.</summary>
internal static class LearningPlot
{
    private const int Width = 640, Height = 320, Margin = 48, PointsMax = 200;
    private static readonly string[] s_colours = ["#a0aec0", "#2b6cb0", "#dd6b20", "#2f855a"];

    public static void Write(string folder, Workload workload, IReadOnlyList<(string Design, IReadOnlyList<double> Story)> lines)
    {
        Directory.CreateDirectory(folder);
        var most = Math.Max(1, lines.Max(line => line.Story.Count == 0 ? 0 : line.Story[^1]));
        var svg = new StringBuilder();
        svg.Append(CultureInfo.InvariantCulture, $"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{Width}\" height=\"{Height}\" font-family=\"sans-serif\" font-size=\"11\">\n<rect width=\"{Width}\" height=\"{Height}\" fill=\"white\"/>\n");
        svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{Margin}\" y=\"18\" font-weight=\"bold\">({workload.Letter}) {workload.Title}</text><text x=\"{Margin}\" y=\"32\" fill=\"#4a5568\">row reads so far, {workload.Documents:N0} documents a collection; most: {most:N0}</text>\n");
        svg.Append(CultureInfo.InvariantCulture, $"<rect x=\"{Margin}\" y=\"{Margin}\" width=\"{Width - (2 * Margin)}\" height=\"{Height - (2 * Margin)}\" fill=\"none\" stroke=\"#cbd5e0\"/>\n");
        for (var i = 0; i < lines.Count; i++)
        {
            var (design, story) = lines[i];
            var every = Math.Max(1, story.Count / PointsMax);
            var points = string.Join(' ', story.Select((cost, step) => (cost, step)).Where(point => point.step % every == 0 || point.step == story.Count - 1)
                .Select(point => string.Create(CultureInfo.InvariantCulture, $"{X(point.step, story.Count):0.#},{Y(point.cost):0.#}")));
            svg.Append(CultureInfo.InvariantCulture, $"<polyline points=\"{points}\" fill=\"none\" stroke=\"{s_colours[i % s_colours.Length]}\" stroke-width=\"1.5\"/><text x=\"{Margin + (i * 140)}\" y=\"{Height - 16}\" fill=\"{s_colours[i % s_colours.Length]}\">{design}</text>\n");
        }

        File.WriteAllText(Path.Combine(folder, $"learning-{workload.Letter}.svg"), svg.Append("</svg>\n").ToString());

        double X(int step, int steps) => Margin + ((Width - (2.0 * Margin)) * (step + 1) / Math.Max(1, steps));
        double Y(double cost) => Height - Margin - ((Height - (2.0 * Margin)) * cost / most);
    }
}
