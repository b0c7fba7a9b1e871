using IngoDB.Model;
using IngoDB.Replication.Events;
using IngoDB.Replication.Logs;
using IngoDB.Replication.Members;
using IngoDB.Simulation.World;

namespace IngoDB.Simulation.Clients;

/// <summary>What a client is told.</summary>
internal readonly record struct Answer
{
    /// <summary>Of the list that was read.</summary>
    public Item? Head { get; init; }

    public DocumentVersion Version { get; init; }

    public Lsn AsOf { get; init; }

    public bool IsDone { get; init; }

    /// <summary>The list had another length than expected; nothing was written.</summary>
    public int? ConflictLength { get; init; }
}

/// <summary>A request under way to one machine. Answers take their time, and none comes after the client has given up on it.</summary>
internal sealed class Attempt(ReplicaWorld world, Action<Answer> answered, Action<CopyId> refused)
{
    private bool _isOver;

    public bool IsWrite { get; init; }

    public ReadKind ReadKind { get; init; }

    public int Key { get; init; }

    public DocumentVersion At { get; init; }

    public Lsn Token { get; init; }

    public TimeSpan Staleness { get; init; }

    public AppendOperation Operation { get; init; }

    public int? ExpectedLength { get; init; }

    public void Answer(Answer answer) => world.Agenda.After(world.ClientDice.Span(0.1, 0.8), () => End(() => answered(answer)));

    public void Refuse(CopyId primary) => world.Agenda.After(world.ClientDice.Span(0.1, 0.8), () => End(() => refused(primary)));

    public void GiveUp() => _isOver = true;

    private void End(Action then)
    {
        if (_isOver) return;
        _isOver = true;
        then();
    }
}
