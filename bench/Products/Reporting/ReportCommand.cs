namespace IngoDB.ProductBench;

/// <summary><c>report FILE... [--table PAGE]... [--plot DIR]</c>.</summary>
internal static class ReportCommand
{
    public static int Run(string[] files, string[] pages, string? plot)
    {
        var rows = files.Where(File.Exists).SelectMany(ResultFile.Read).GroupBy(row => (row.Engine, row.Phase)).Select(same => same.Last()).ToList();
        ReportTable.Print(rows, Console.Out);
        foreach (var page in pages) ReportTable.Rewrite(page, rows);
        if (plot is not null) Plots.Write(plot, rows);
        return 0;
    }
}
