using IngoDB.Replication.Members;

namespace IngoDB.Replication.Placement;

/// <summary>What shall become of a partition's copies next. The planner says it; whoever asked makes it one compare-and-swap.</summary>
public abstract record CopyChoice
{
    /// <summary>Nothing is to be done, or nothing can be.</summary>
    /// <param name="Lack">What is missing and can not be had now; null: nothing.</param>
    public sealed record Rest(string? Lack = null) : CopyChoice;

    /// <summary>The node shall make a copy; it gives it an id when it makes it (decision 0070).</summary>
    public sealed record Order(string Node) : CopyChoice;

    /// <summary>The node will not.</summary>
    public sealed record CancelOrder(string Node) : CopyChoice;

    /// <summary>The copy is not wanted any more. The primary takes it out of the in-sync set, and then it is nobody's.</summary>
    public sealed record Retire(CopyId Copy) : CopyChoice;

    /// <summary>The copy was to leave, and there is no place for another: it stays.</summary>
    public sealed record Stay(CopyId Copy) : CopyChoice;

    /// <summary>After a forced primary the minimum was one; there are enough copies again for what it was.</summary>
    public sealed record RaiseFloor(int MinIsr) : CopyChoice;
}
