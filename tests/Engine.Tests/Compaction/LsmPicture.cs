// An LSM tree as text, for scripts about the choice of compaction. Keys are words, sizes megabytes:
//
//   lsm w=0 flush=32 max=64 [quiet=yes]    what is asked of the strategy
//   t1 a..m size=32 v=1..10 [file=16 rows=1000 deletes=0 superseded=0 expiring=0 expires=9 dropped=1000 quantiles=8]
//   choose | everything | debt | levels    what it says    busy t1 t2    must not be chosen
//   apply                                  pretends to merge what it chose: outputs share rows and bytes evenly
//   settle                                 chooses and applies until it rests

using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using IngoDB.Engine.Compaction;
using IngoDB.Engine.Entries;
using IngoDB.Engine.Sstables;
using IngoDB.Model;
using IngoDB.TestKit;

namespace IngoDB.Tests.Compaction;

/// <summary>The interpreter of the scripts in Scripts/compaction.</summary>
internal sealed class LsmPicture
{
    private const long Megabyte = 1 << 20;
    private const int QuantileSteps = 8;

    private CompactionView _view = new([]);
    private ulong _nextId = 100;

    public CompactionView View => _view;

    public string Run(ScriptCommand command)
    {
        switch (command.Name)
        {
            case "lsm":
                _view = new([])
                {
                    ScalingParameter = (int)command.Number("w", 0),
                    FlushBytes = command.Number("flush", 32) * Megabyte,
                    TableBytesMax = command.Number("max", 64) * Megabyte,
                    Watermark = new((ulong)command.Number("watermark", 0)),
                    IsQuiet = command.Option("quiet") is not null,
                    DroppedCollections = command.Option("gone") is null ? [] : [new CollectionId(9)],
                };
                return "";
            case "busy":
                _view = _view with { Excluded = [.. command.Arguments.Select(a => new TableId(ulong.Parse(a[1..], CultureInfo.InvariantCulture)))] };
                return "";
            case "choose": return Tell(UnifiedCompaction.Choose(_view));
            case "everything": return Tell(UnifiedCompaction.ChooseEverything(_view));
            case "debt": return $"{UnifiedCompaction.DebtBytes(_view) / Megabyte} MB";
            case "levels": return Levels();
            case "apply": return Apply(UnifiedCompaction.Choose(_view));
            case "settle": return Settle();
            case "tables": return string.Join('\n', _view.Tables.OrderBy(t => t.FirstKey, KeyOrder.Instance).Select(Tell));
            default:
                _view = _view with { Tables = _view.Tables.Add(Table(command)) };
                return "";
        }
    }

    private static TableInfo Table(ScriptCommand command)
    {
        var keys = command[0].Split("..");
        var versions = (command.Option("v") ?? "1..1").Split("..");
        var size = command.Number("size", 32);
        var rows = command.Number("rows", size * 1000);
        var dropped = command.Number("dropped", 0);
        return new(new(ulong.Parse(command.Name[1..], CultureInfo.InvariantCulture)), command.Number("file", size) * Megabyte, rows, command.Number("deletes", 0), size * Megabyte,
            Key(keys[0]), Key(keys[1]), new(ulong.Parse(versions[0], CultureInfo.InvariantCulture)), new(ulong.Parse(versions[1], CultureInfo.InvariantCulture)))
        {
            SupersededCount = command.Number("superseded", 0),
            ExpiringCount = command.Number("expiring", 0),
            ExpiresMax = new((ulong)command.Number("expires", 0)),
            Quantiles = Evenly(keys[0], keys[1], (int)command.Number("quantiles", QuantileSteps)),
            Collections = dropped > 0 ? [(new(1), rows - dropped), (new(9), dropped)] : [(new(1), rows)],
        };
    }

    /// <summary>Words between two words, as fractions between 0 (a) and 1 (after zz).</summary>
    private static ImmutableArray<ReadOnlyMemory<byte>> Evenly(string first, string last, int steps = QuantileSteps)
        => [.. Enumerable.Range(0, steps + 1).Select(i => Key(Word(Number(first) + (Number(last) - Number(first)) * i / steps)))];

    private static double Number(string word) => word.Take(3).Select((c, i) => (c - 'a') / Math.Pow(26, i)).Sum();

    private static string Word(double number)
    {
        var word = new StringBuilder();
        for (var i = 0; i < 3; i++)
        {
            var letter = Math.Min(25, (int)(number + 1e-9));
            word.Append((char)('a' + letter));
            number = (number - letter) * 26;
        }

        return word.ToString().TrimEnd('a') is { Length: > 0 } short_ ? short_ : "a";
    }

    private static ReadOnlyMemory<byte> Key(string word) => Encoding.ASCII.GetBytes(word);

    private static string Text(ReadOnlyMemory<byte> key) => Encoding.ASCII.GetString(key.Span);

    private static string Tell(CompactionChoice choice) => choice switch
    {
        CompactionChoice.Merge merge => $"merge {string.Join(' ', merge.Inputs.Select(t => t.Id).Order())} of level {merge.Level} for {merge.Cause}"
            + (merge.Boundaries.IsEmpty ? "" : $", cut at {string.Join(' ', merge.Boundaries.Select(Text))}"),
        _ => "rest",
    };

    private static string Tell(TableInfo table) => $"{table.Id} {Text(table.FirstKey)}..{Text(table.LastKey)} {table.FileBytes / Megabyte} MB v={table.OldestVersion}..{table.NewestVersion}";

    private string Levels()
    {
        var levels = new DensityLevels(_view.ScalingParameter, _view.FlushBytes, RowDistribution.Of(_view.Tables));
        return string.Join('\n', levels.Group(_view.Tables).Select(l => $"L{l.Key}: {string.Join(' ', l.Select(t => t.Id))}").Prepend($"f={levels.FanOut} t={levels.Threshold}"));
    }

    private string Settle()
    {
        var told = new StringBuilder();
        for (var steps = 0; UnifiedCompaction.Choose(_view) is CompactionChoice.Merge choice; steps++)
        {
            if (steps == 1000) throw new InvalidOperationException("the strategy does not come to rest");
            told.Append(Tell(choice)).Append('\n').Append("  ").Append(Apply(choice).ReplaceLineEndings("\n  ")).Append('\n');
        }

        return told.Append("rest").ToString();
    }

    private string Apply(CompactionChoice choice)
    {
        if (choice is not CompactionChoice.Merge merge) return "rest";
        var first = merge.Inputs.Select(t => t.FirstKey).Min(KeyOrder.Instance);
        var last = merge.Inputs.Select(t => t.LastKey).Max(KeyOrder.Instance);
        var starts = merge.Boundaries.Prepend(first).ToList();
        var outputs = new List<TableInfo>();
        for (var i = 0; i < starts.Count; i++)
        {
            var end = i + 1 < starts.Count ? Key(Word(Number(Text(starts[i + 1])) - 1 / 676.0)) : last;
            outputs.Add(new(new(_nextId++), merge.Inputs.Sum(t => t.FileBytes) / starts.Count, merge.Inputs.Sum(t => t.EntryCount) / starts.Count, 0, merge.Inputs.Sum(t => t.UserBytes) / starts.Count,
                starts[i], end, merge.Inputs.Min(t => t.OldestVersion), merge.Inputs.Max(t => t.NewestVersion)) { Quantiles = Evenly(Text(starts[i]), Text(end)) });
        }

        _view = _view with { Tables = [.. _view.Tables.Except(merge.Inputs), .. outputs] };
        return string.Join('\n', outputs.Select(Tell));
    }
}
