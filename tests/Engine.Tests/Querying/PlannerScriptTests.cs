// Which way the planner goes, as stories (Scripts/planner). No disk and no rows: the sizes and the hits of each index
// are what the script says.

using System.Globalization;
using System.Text;
using IngoDB.Engine.Entries;
using IngoDB.Engine.Querying;
using IngoDB.Engine.Statistics;
using IngoDB.Model;
using IngoDB.TestKit;

namespace IngoDB.Tests.Querying;

public sealed class PlannerScriptTests
{
    private readonly List<IndexOption> _indexes = [];
    private long _rows;
    private ColumnOption? _columns;

    public static TheoryData<string> Scripts => [.. GoldenScript.In("tests/Engine.Tests/Scripts/planner")];

    [Theory]
    [MemberData(nameof(Scripts))]
    public Task The_planner_goes_the_way_the_script_tells(string script) => GoldenScript.Run($"tests/Engine.Tests/Scripts/planner/{script}", Execute);

    private string Execute(ScriptCommand command)
    {
        switch (command.Name)
        {
            case "collection":
                _rows = command.Number("rows", 0);
                _indexes.Clear();
                _columns = null;
                return "";
            case "columns":
                var rows = command.Number("rows", _rows);
                var fields = command[0].Split(',');
                _columns = new(rows, field => fields.Contains(field) ? rows : 0);
                return "";
            case "index":
                var hits = command.Number("hits", 0);
                var indexed = command.Number("rows", _rows);
                _indexes.RemoveAll(index => index.Definition.Fields.Text == command[0]);
                _indexes.Add(new(new(new((uint)_indexes.Count + 1), new(1), IndexFields.Parse(command[0]), "script"), indexed, ranges => ranges is [{ IsAll: true }] ? indexed : hits * indexed / _rows));
                return "";
            case "plan":
                return Print(QueryPlanner.Plan(Request(command), new(_rows, _indexes, QueryCosts.Default, Columns: _columns)));
            default:
                throw new FormatException($"no such command: {command.Name}");
        }
    }

    private static ScanRequest Request(ScriptCommand command)
    {
        var json = new StringBuilder("""{"kind":"scan","from":"t" """);
        if (command.Option("where") is { } where) json.Append(CultureInfo.InvariantCulture, $",\"where\":{where}");
        if (command.Option("sort") is { } sort) json.Append(CultureInfo.InvariantCulture, $",\"sort\":{sort}");
        if (command.Option("limit") is { } limit) json.Append(CultureInfo.InvariantCulture, $",\"limit\":{limit}");
        var query = (ScanQuery)LiquidJson.Read(json.Append('}').ToString());
        return new(new(1)) { Where = query.Where, Sort = query.Sort, Limit = query.Limit };
    }

    private static string Print(QueryPlan plan)
    {
        var text = new StringBuilder();
        foreach (var candidate in plan.Candidates)
        {
            var figures = double.IsFinite(candidate.Cost) ? string.Create(CultureInfo.InvariantCulture, $" examines {candidate.Rows:N0}, costs {candidate.Cost:N0}") : "";
            text.Append(CultureInfo.InvariantCulture, $"{(candidate.WhyNot is null ? "*" : " ")} {candidate.Name}{figures}");
            if (candidate.WhyNot is null && plan.Sort != SortMethod.None) text.Append(CultureInfo.InvariantCulture, $", then sort {plan.Sort}");
            if (candidate.WhyNot is not null && !double.IsFinite(candidate.Cost)) text.Append(CultureInfo.InvariantCulture, $": {candidate.WhyNot}");
            text.Append('\n');
        }

        return text.ToString();
    }
}
