// What the entries are applied to, in place of an engine: a list for each key, to which writes append values that are all
// different. A list that was read tells the whole history of its key, so one read says which writes came before it and in which order, and a
// history can be judged in one pass (ListHistoryChecker). Beside the lists stands what sessions were answered, so that a write
// that is sent twice happens once.

using IngoDB.Model;
using IngoDB.Replication.Logs;

namespace IngoDB.Simulation.World;

/// <summary>One element of a list, and through Previous all before it. Immutable.</summary>
internal sealed record Item(int Value, DocumentVersion Version, Lsn Lsn, int Length, Item? Previous);

/// <summary>One append of a client: to one key, or to two at once under one version.</summary>
internal readonly record struct AppendOperation(int Session, int Sequence, int Value, int Key, int OtherKey);

/// <summary>The applied state of one replica.</summary>
internal sealed class KeyLists
{
    public const int Keys = 3;
    public const int SessionsMax = 8;
    public const int NoKey = -1;

    private readonly Item?[] _heads = new Item?[Keys];
    private readonly int[] _answered = new int[SessionsMax];

    public Lsn Applied { get; private set; }

    public Item? this[int key] => _heads[key];

    public int Length(int key) => _heads[key]?.Length ?? 0;

    /// <summary>The last sequence of a session that was done.</summary>
    public int Answered(int session) => _answered[session];

    public void Apply(LogEntry entry, IReadOnlyList<AppendOperation> operations)
    {
        for (var i = 0; i < operations.Count; i++)
        {
            var operation = operations[i];
            var version = new DocumentVersion(entry.Version.Raw + (ulong)i);
            Append(operation.Key, operation.Value, version, entry.Lsn);
            if (operation.OtherKey != NoKey) Append(operation.OtherKey, operation.Value, version, entry.Lsn);
            _answered[operation.Session] = operation.Sequence;
        }

        Applied = entry.Lsn;
    }

    public void ForgetAnswers() => Array.Clear(_answered);

    public KeyLists Clone()
    {
        var clone = new KeyLists { Applied = Applied };
        _heads.CopyTo(clone._heads, 0);
        _answered.CopyTo(clone._answered, 0);
        return clone;
    }

    private void Append(int key, int value, DocumentVersion version, Lsn lsn) => _heads[key] = new(value, version, lsn, Length(key) + 1, _heads[key]);
}
