using IngoDB.Abstractions;

namespace IngoDB.Grains.Coordination;

/// <summary>
/// A silo keeps the catalog as it saw it last, so it may send a request to a collection that was dropped or renamed since. The
/// partition knows and says so; then the name is looked up again, and the request goes once more to whatever has it now.
/// </summary>
internal static class StaleNames
{
    public static bool Are(string? code) => code is "collection.dropped" or "collection.renamed";

    public static bool Are(Fault? fault) => Are(fault?.Code);
}
