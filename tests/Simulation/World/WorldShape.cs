namespace IngoDB.Simulation.World;

/// <summary>How big a world is, and what is promised in it.</summary>
internal sealed record WorldShape(int Machines, int Copies, int MinIsr)
{
    public int Clients { get; init; } = 3;

    public bool Leases { get; init; }

    /// <summary>From a seed: 3 to 5 machines, two or three copies.</summary>
    public static WorldShape From(Dice dice)
    {
        var machines = dice.Between(3, 6);
        var copies = dice.Chance(0.25) ? 2 : 3;
        return new(machines, copies, copies == 2 ? dice.Between(1, 3) : 2) { Leases = dice.Chance(0.3) };
    }
}
