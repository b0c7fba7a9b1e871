namespace IngoDB.Simulation.Checkers;

/// <summary>A promise that was broken. The run ends with it.</summary>
internal sealed class ViolationException(string promise, string detail) : Exception($"{promise}: {detail}")
{
    public string Promise { get; } = promise;
}
