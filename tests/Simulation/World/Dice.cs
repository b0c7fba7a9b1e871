namespace IngoDB.Simulation.World;

/// <summary>Chance from a seed (xorshift64*, seeded by splitmix64). Each part of a world has its own, so that one more throw in one part does not change the others.</summary>
internal sealed class Dice
{
    private ulong _state;

    public Dice(long seed, string purpose)
    {
        var mixed = (ulong)seed;
        foreach (var letter in purpose) mixed = (mixed ^ letter) * 0x100000001B3;
        mixed += 0x9E3779B97F4A7C15;
        mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
        _state = (mixed ^ (mixed >> 31)) | 1;
    }

    /// <summary>From 0 up to, without, a limit.</summary>
    public int Next(int limit) => (int)(Draw() % (ulong)limit);

    /// <summary>From the one up to, without, the other.</summary>
    public int Between(int least, int limit) => least + Next(limit - least);

    public bool Chance(double probability) => (Draw() >> 11) * (1.0 / (1UL << 53)) < probability;

    public TimeSpan Span(double leastMilliseconds, double mostMilliseconds)
        => TimeSpan.FromTicks((long)((leastMilliseconds + ((mostMilliseconds - leastMilliseconds) * (Draw() >> 11) * (1.0 / (1UL << 53)))) * TimeSpan.TicksPerMillisecond));

    public T Pick<T>(IReadOnlyList<T> of) => of[Next(of.Count)];

    private ulong Draw()
    {
        _state ^= _state >> 12;
        _state ^= _state << 25;
        _state ^= _state >> 27;
        return _state * 0x2545F4914F6CDD1D;
    }
}
