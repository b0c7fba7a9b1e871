// Promise 1: an acknowledged write is never lost, a refused one never appears, one of unknown outcome appears at most
// once and whole. The ledger is told of every write what its caller was told, and compared with what is there.
//
// A write changes a few ids to a value (null: deleted). Values are unique, so a stale one is never taken for the right
// one. Writes of unknown outcome are those that were under way when the process died or the disk failed.

using System.Text;

namespace IngoDB.TestKit;

/// <summary>One change of one document: its new value, or null when it is deleted.</summary>
public readonly record struct LedgerChange(string Id, long? Value);

/// <summary>What must be there. One thread.</summary>
public sealed class DurabilityChecker
{
    private readonly Dictionary<string, long> _acknowledged = [];
    private readonly List<(LedgerChange[] Changes, bool Atomic)> _unknown = [];

    public int Count => _acknowledged.Count;

    public long? this[string id] => _acknowledged.TryGetValue(id, out var value) ? value : null;

    public IReadOnlyDictionary<string, long> Acknowledged => _acknowledged;

    public void Acknowledge(params LedgerChange[] changes)
    {
        foreach (var (id, value) in changes)
        {
            // Whatever happened to it before is over: an older write of unknown outcome must not excuse a lost one.
            for (var i = 0; i < _unknown.Count; i++) _unknown[i] = ([.. _unknown[i].Changes.Where(change => change.Id != id)], _unknown[i].Atomic);
            if (value is { } present) _acknowledged[id] = present;
            else _acknowledged.Remove(id);
        }
    }

    /// <param name="atomic">All of it or nothing.</param>
    public void Unknown(LedgerChange[] changes, bool atomic = false) => _unknown.Add((changes, atomic));

    /// <summary>Compares with what is there.</summary>
    /// <exception cref="Xunit.Sdk.XunitException">A promise is broken; the message lists every document that differs.</exception>
    public void Check(IReadOnlyDictionary<string, long> actual)
    {
        var broken = new StringBuilder();
        foreach (var id in _acknowledged.Keys.Union(actual.Keys).Order(StringComparer.Ordinal))
        {
            long? found = actual.TryGetValue(id, out var value) ? value : null;
            if (found != this[id] && !MayBe(id, found)) broken.Append(FormattableString.Invariant($"\n  {id}: {Text(found)} is there, {Text(this[id])} was acknowledged"));
        }

        foreach (var (changes, atomic) in _unknown)
        {
            if (atomic && changes.Where(change => change.Value != this[change.Id]).Select(change => IsThere(change, actual)).Distinct().Count() > 1) broken.Append("\n  an atomic batch is there in part: ").AppendJoin(", ", changes);
        }

        if (broken.Length > 0) Xunit.Assert.Fail($"Promise 1 is broken:{broken}");
    }

    /// <summary>Outcomes are decided: what is there now stays there.</summary>
    public void Settle(IReadOnlyDictionary<string, long> actual)
    {
        _unknown.Clear();
        _acknowledged.Clear();
        foreach (var (id, value) in actual) _acknowledged[id] = value;
    }

    private bool MayBe(string id, long? value) => _unknown.Any(write => write.Changes.Contains(new LedgerChange(id, value)));

    private static bool IsThere(LedgerChange change, IReadOnlyDictionary<string, long> actual) =>
        change.Value is { } value ? actual.TryGetValue(change.Id, out var found) && found == value : !actual.ContainsKey(change.Id);

    private static string Text(long? value) => value is { } present ? FormattableString.Invariant($"{present}") : "nothing";
}
