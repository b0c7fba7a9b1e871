using Orleans.Runtime;

namespace IngoDB.Grains.Replicas;

/// <summary>Which silos refused to be knocked at, twice in a row: once may be a moment of their start. One looker; not thread-safe.</summary>
internal sealed class RefusedDoors
{
    private readonly HashSet<SiloAddress> _refusedOnce = [];

    /// <param name="silo">At whose door somebody knocked.</param>
    /// <param name="isRefused">Nobody listens there.</param>
    /// <returns>Nobody did the last time, either.</returns>
    public bool Look(SiloAddress silo, bool isRefused)
    {
        if (isRefused) return !_refusedOnce.Add(silo);
        _refusedOnce.Remove(silo);
        return false;
    }
}
