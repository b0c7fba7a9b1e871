// The life of an index as stories (Scripts/advisor): what runs, and what the advisor says after each run. No disk and
// no rows; what a query saves is worked out from the sizes that the script gives, as the engine does it.

using System.Globalization;
using System.Text;
using IngoDB.Engine.Advising;
using IngoDB.Engine.Entries;
using IngoDB.Engine.Statistics;
using IngoDB.TestKit;
using Microsoft.Extensions.Time.Testing;

namespace IngoDB.Tests.Advising;

public sealed class AdvisorScriptTests
{
    private static readonly CollectionId Collection = new(1);

    private readonly FakeTimeProvider _time = new();
    private readonly SortedSet<string> _indexes = new(StringComparer.Ordinal);
    private QueryStatistics _statistics;
    private long _rows, _writes;
    private int _partitions = 1;
    private LearnerState _learner = LearnerState.Empty;

    public AdvisorScriptTests() => _statistics = new(_time, QueryCosts.Default);

    public static TheoryData<string> Scripts => [.. GoldenScript.In("tests/Engine.Tests/Scripts/advisor")];

    [Theory]
    [MemberData(nameof(Scripts))]
    public Task The_advisor_says_what_the_script_tells(string script) => GoldenScript.Run($"tests/Engine.Tests/Scripts/advisor/{script}", Execute);

    private string Execute(ScriptCommand command)
    {
        switch (command.Name)
        {
            case "collection":
                (_rows, _statistics, _partitions) = (command.Number("rows", 0), new(_time, QueryCosts.Default), (int)command.Number("partitions", 1));
                _indexes.Clear();
                _learner = LearnerState.Empty;
                _writes = 0;
                return "";
            case "run":
                var output = new StringBuilder();
                for (var i = 0; i < command.Number("times", 1); i++) output.Append(Run(command));
                return output.ToString();
            case "write":
                _writes += command.Number("documents", 0);
                // Each is indexed at its flush and at two merges after it.
                foreach (var path in _indexes) _statistics.RecordIndexUpkeep(Collection, IndexFields.Parse(path), 3 * command.Number("documents", 0));
                return Advise();
            case "rules":
                _learner = _learner with { Rules = Rules(command, _learner.Rules) };
                return Advise();
            case "decisions":
                return string.Concat(_learner.Decisions.Select(decision => $"{decision.Act} {decision.Path}: {decision.Cause}{(decision.Effect is null ? "" : $" [{decision.Effect}]")}\n"));
            case "look":
                return Advise();
            case "wait":
                _time.Advance(TimeSpan.FromHours(command.Number("hours", 1)));
                return "";
            default:
                throw new FormatException($"no such command: {command.Name}");
        }
    }

    /// <summary>rules learning=suggest pin=a ban=b bytes=1000 share=0.1</summary>
    private static LearningRules Rules(ScriptCommand command, LearningRules rules)
    {
        foreach (var (name, value) in command.Options)
            rules = name switch
            {
                "learning" => rules with { Learning = Enum.Parse<LearningSwitch>(value, ignoreCase: true) },
                "pin" => rules.Pin(value),
                "unpin" => rules.Unpin(value),
                "ban" => rules.Ban(value),
                "unban" => rules.Unban(value),
                "bytes" => rules with { BytesMax = long.Parse(value, CultureInfo.InvariantCulture) },
                _ => rules with { UpkeepShareMax = double.Parse(value, CultureInfo.InvariantCulture) },
            };
        return rules;
    }

    /// <summary>run SHAPE field=matching,...: one execution; each field is a candidate that would examine that many rows, or promises one number and examines another (100/5000).</summary>
    private string Run(ScriptCommand command)
    {
        var costs = QueryCosts.Default;
        var candidates = command.Options.Where(option => option.Key != "times").OrderBy(option => option.Key, StringComparer.Ordinal).ToList();
        var used = candidates.Where(candidate => _indexes.Contains(candidate.Key)).OrderBy(candidate => Rows(candidate.Value.Split('/')[0])).Select(candidate => (KeyValuePair<string, string>?)candidate).FirstOrDefault();
        var examined = used is null ? _rows : Rows(used.Value.Value.Split('/')[^1]);
        var cost = used is null ? examined * costs.RowExamined : examined * costs.RowFetched;
        var description = new ShapeDescription(Collection, command[0], [.. candidates.Select(candidate => new ShapeCandidate(candidate.Key, "filter"))]);
        var counters = _statistics.For((ulong)command[0].GetHashCode(StringComparison.Ordinal), description, static known => known);
        counters.Record(new(examined, candidates.Min(candidate => Rows(candidate.Value.Split('/')[0])), 0, 0, TimeSpan.Zero, used is null ? "primary scan" : $"index range {used.Value.Key}") { Cost = cost, Judged = cost },
            [.. candidates.Select(candidate => cost - (Rows(candidate.Value.Split('/')[0]) * costs.RowFetched))]);
        if (used is not null) _statistics.RecordIndexUse(Collection, used.Value.Key, _rows - cost);
        return Advise();
    }

    private string Advise()
    {
        var text = new StringBuilder();
        var step = Learner.Advance(_learner, Report(), QueryCosts.Default, _time.GetUtcNow());
        _learner = step.State;
        foreach (var advice in step.Advice)
        {
            if (advice is IndexAdvice.Build)
            {
                _indexes.Add(advice.Path);
                _statistics.IndexDefined(Collection, advice.Path);
            }
            else
            {
                _indexes.Remove(advice.Path);
                _statistics.IndexDropped(Collection, advice.Path);
            }

            text.Append(CultureInfo.InvariantCulture, $"{(advice is IndexAdvice.Build ? "build" : "drop")} {advice.Path}: {advice.Cause}\n");
        }

        return text.Length == 0 ? "-\n" : text.ToString();
    }

    /// <summary>With several partitions each saw its share; their sum is what one would have seen.</summary>
    private LearningReport Report()
    {
        var indexes = _indexes.Select(path =>
        {
            var (uses, saved, regret, upkeep) = _statistics.ReadIndex(Collection, path);
            return new IndexStatus($"things/{path}", Collection, path, "", 1, 1, _rows / _partitions, 8 * _rows / _partitions, uses / _partitions) { Saved = saved / _partitions, Regret = regret / _partitions, Upkeep = upkeep / _partitions };
        }).ToList();
        var shapes = _statistics.Shapes.Select(shape => shape with
        {
            DocumentsExamined = shape.DocumentsExamined / _partitions,
            Candidates = [.. shape.Candidates.Select(candidate => candidate with { Saved = candidate.Saved / _partitions })],
        }).ToList();
        var share = new LearningReport(Collection, _rows / _partitions, _writes / _partitions, shapes, indexes);
        return LearningReport.Sum(Collection, Enumerable.Repeat(share, _partitions));
    }

    private static long Rows(string text) => long.Parse(text, CultureInfo.InvariantCulture);
}
