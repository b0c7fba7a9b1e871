// Chance, where the power goes: which unsynced changes reached the platter. One in four files loses all of them and
// one in four keeps all, so that the clean extremes are met often; in the others every change is decided alone.

namespace IngoDB.TestKit.Files;

internal enum PowerCutMood
{
    LosesAll,
    KeepsAll,
    Mixed,
}

internal sealed class PowerCut(Random random)
{
    public const int SectorBytes = 512;

    public PowerCutMood NextMood() => random.Next(4) switch
    {
        0 => PowerCutMood.LosesAll,
        1 => PowerCutMood.KeepsAll,
        _ => PowerCutMood.Mixed,
    };

    /// <summary>The parts of a change that survive: all, nothing, or some of its sectors.</summary>
    public IEnumerable<Change> Survivors(Change change, PowerCutMood mood)
    {
        if (mood == PowerCutMood.LosesAll) return [];
        if (mood == PowerCutMood.KeepsAll) return [change];
        return random.Next(4) switch
        {
            0 => [],
            1 => [change],
            _ when change.Content is null => random.Next(2) == 0 ? [] : [change],
            _ => SomeSectors(change),
        };
    }

    /// <summary>Names: none, all, the first few (a journal), or any choice of them (no journal).</summary>
    public IEnumerable<NameChange> Survivors(List<NameChange> changes) => NextMood() switch
    {
        PowerCutMood.LosesAll => [],
        PowerCutMood.KeepsAll => changes,
        _ when random.Next(2) == 0 => changes.Take(random.Next(changes.Count + 1)),
        _ => changes.Where(_ => random.Next(2) == 0).ToArray(),
    };

    private List<Change> SomeSectors(Change change)
    {
        var kept = new List<Change>();
        for (var at = 0; at < change.Content!.Length;)
        {
            var end = (int)Math.Min(change.Content.Length, at + SectorBytes - ((change.Offset + at) % SectorBytes));
            if (random.Next(2) == 0) kept.Add(new Change(change.Offset + at, change.Content[at..end]));
            at = end;
        }

        return kept;
    }
}
