// Plots as SVG text, written by hand: bars on a logarithmic axis, a panel for each phase, an engine a bar with its spread as a
// line. One file for each group of phases.
//
//     panel    label
//              ingodb   ████████████████ 1.2 M
//              rocksdb  ██████ 577 K
using System.Globalization;
using System.Text;

namespace IngoDB.ProductBench;

/// <summary>Writes the plots of a result.</summary>
internal static class Plots
{
    private const int Width = 760, Left = 130, Right = 110, BarHeight = 14, PanelGap = 16, TitleHeight = 20;

    public static void Write(string folder, IReadOnlyList<Row> rows)
    {
        Directory.CreateDirectory(folder);
        foreach (var group in PhaseLabels.All.GroupBy(label => label.Plot))
        {
            var panels = group.Select(label => (Label: label, Rows: RowsOf(rows, label.Phase))).Where(panel => panel.Rows.Count > 0).ToList();
            if (panels.Count > 0) File.WriteAllText(Path.Combine(folder, $"{group.Key}.svg"), Draw(panels));
        }
    }

    private static List<Row> RowsOf(IReadOnlyList<Row> rows, string phase) =>
        [.. StoreKinds.All.Select(kind => rows.FirstOrDefault(row => row.Engine == kind.Name && row.Phase == phase && row.Value > 0)).OfType<Row>()];

    private static string Draw(List<(PhaseLabel Label, List<Row> Rows)> panels)
    {
        var height = panels.Sum(panel => TitleHeight + panel.Rows.Count * (BarHeight + 3) + PanelGap) + PanelGap;
        var svg = new StringBuilder();
        svg.Append(CultureInfo.InvariantCulture, $"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{Width}\" height=\"{height}\" font-family=\"sans-serif\" font-size=\"11\">\n<rect width=\"{Width}\" height=\"{height}\" fill=\"white\"/>\n");
        var y = PanelGap;
        foreach (var (label, rows) in panels)
        {
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"8\" y=\"{y + 11}\" font-weight=\"bold\">{label.Text} ({rows[0].Unit}, {(label.MoreIsBetter ? "more" : "less")} is better, logarithmic)</text>\n");
            y += TitleHeight;
            var (low, high) = (Math.Floor(Math.Log10(rows.Min(row => row.Min > 0 ? row.Min : row.Value))) - 0.3, Math.Ceiling(Math.Log10(rows.Max(row => row.Max))));
            foreach (var row in rows)
            {
                Bar(svg, row, y, value => Left + (Width - Left - Right) * Math.Clamp((Math.Log10(Math.Max(value, 1e-12)) - low) / Math.Max(high - low, 0.1), 0, 1));
                y += BarHeight + 3;
            }

            y += PanelGap;
        }

        return svg.Append("</svg>\n").ToString();
    }

    private static void Bar(StringBuilder svg, Row row, int y, Func<double, double> at)
    {
        var (end, middle) = (at(row.Value), y + BarHeight / 2);
        svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{Left - 6}\" y=\"{y + 11}\" text-anchor=\"end\">{row.Engine}</text>");
        svg.Append(CultureInfo.InvariantCulture, $"<rect x=\"{Left}\" y=\"{y}\" width=\"{Math.Max(end - Left, 1):0.#}\" height=\"{BarHeight}\" fill=\"{(row.Engine.StartsWith("ingodb", StringComparison.Ordinal) ? "#2b6cb0" : "#a0aec0")}\"/>");
        svg.Append(CultureInfo.InvariantCulture, $"<line x1=\"{at(row.Min):0.#}\" y1=\"{middle}\" x2=\"{at(row.Max):0.#}\" y2=\"{middle}\" stroke=\"#1a202c\"/>");
        svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{Math.Max(end, at(row.Max)) + 4:0.#}\" y=\"{y + 11}\">{ReportTable.Format(row.Value)}</text>\n");
    }
}
