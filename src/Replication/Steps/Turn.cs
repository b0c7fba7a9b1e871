using IngoDB.Replication.Effects;
using IngoDB.Replication.Events;
using IngoDB.Replication.Members;
using IngoDB.Replication.Messages;
using IngoDB.Replication.Rules;
using IngoDB.Replication.States;

namespace IngoDB.Replication.Steps;

/// <summary>One step under way: the state that each part replaces, and what it wants done. Used by one thread.</summary>
internal sealed class Turn(SafetyRules rules, ReplicaOptions options)
{
    public SafetyRules Rules { get; } = rules;

    public ReplicaOptions Options { get; } = options;

    public List<ReplicaEffect> Effects { get; } = [];

    public required ReplicaState State { get; set; }

    public Moment Now { get; set; }

    public TimeSpan Time => Now.Steady;

    public CopyId Me => State.Me.Copy;

    /// <summary>U of S1, S2 and S8.</summary>
    public NodeSet MustAcknowledge => Rules.MustAcknowledge(State.Catalog);

    public void Do(ReplicaEffect effect) => Effects.Add(effect);

    public void Send(ReplicaAddress to, ReplicaMessage message) => Do(new Send(new(State.Me, to, message)));
}
