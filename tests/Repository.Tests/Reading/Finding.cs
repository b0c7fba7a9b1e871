namespace IngoDB.Repository.Tests;

/// <summary>One place that breaks a rule: where, what is wrong there, and what to do instead.</summary>
internal sealed record Finding(string Place, string Problem, string Instead)
{
    public override string ToString() => $"{Place}: {Problem}. {Instead}";
}

/// <summary>How every rule here is asserted: against the repository nothing is found, against a bad snippet something is.</summary>
internal static class Findings
{
    private const int ShownMax = 25;

    public static void None(IEnumerable<Finding> findings)
    {
        var all = findings.ToList();
        var shown = string.Join(Environment.NewLine, all.Take(ShownMax));
        Assert.True(all.Count == 0, $"{all.Count} found{(all.Count > ShownMax ? $", the first {ShownMax}" : "")}:{Environment.NewLine}{shown}");
    }

    /// <summary>The self-test of a rule: a rule that cannot fail holds nothing up.</summary>
    public static void One(IEnumerable<Finding> findings, string problem)
    {
        var found = Assert.Single(findings);
        Assert.Contains(problem, found.Problem, StringComparison.Ordinal);
        Assert.NotEmpty(found.Instead);
    }
}
