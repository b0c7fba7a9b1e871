using IngoDB.Engine.Traversing;

namespace IngoDB.Grains.Coordination;

/// <summary>A traversal, or a search for paths, that has more to give.</summary>
internal sealed class OpenTraversal(GraphWalk walk, PartitionFrontierSource source) : IIdleQuery
{
    public PartitionFrontierSource Source { get; } = source;

    public GraphWalk Walk { get; } = walk;

    /// <summary>Documents examined when its last page was given.</summary>
    public long ExaminedBefore { get; set; }

    public ValueTask DisposeAsync() => Walk.DisposeAsync();
}
