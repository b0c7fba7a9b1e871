// Wrong protocols, each wrong in one place. A simulation that does not find them proves nothing with its silence, so every one
// of them must be caught, by chance or, where chance is hopeless, by a directed schedule. A mutant replaces one rule of the core
// (SafetyRules) or puts one flaw into the host; the product's assembly holds no switch for any of them.

using IngoDB.Replication.Placement;
using IngoDB.Replication.Rules;

namespace IngoDB.Simulation.Mutants;

/// <param name="Name">As --mutant takes it.</param>
/// <param name="Wrong">What it does.</param>
/// <param name="Rules">The core's.</param>
/// <param name="Flaws">The host's.</param>
internal sealed record Mutant(string Name, string Wrong, SafetyRules Rules, Flaws Flaws)
{
    public static Mutant None { get; } = new("none", "the protocol as it is", SafetyRules.Literal, Flaws.None);

    /// <summary>The planner's.</summary>
    public PlacementRules Placement { get; init; } = PlacementRules.Literal;

    public override string ToString() => Name;
}
