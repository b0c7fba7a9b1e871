// A traversal goes depth by depth. How it asks for documents, counts and stops is the same for all (Traversal); what it has to
// remember is not: to give out nodes, numbers of documents and join values are enough (NodeLevels); edges, paths, leaves,
// fan-out caps and depth-first order need who came from whom (TreeLevels). This is what they have in common:
//
//   Arrive... EndJoin ─► EndLevel ─► results of the depth ─► NextJoin ─► Arrive... EndJoin ─► NextJoin ... ─► EndLevel ─► ...

namespace IngoDB.Engine.Traversing;

/// <summary>The memory of one traversal. One thread at a time.</summary>
internal abstract class Levels
{
    /// <summary>The depth of the documents that arrive.</summary>
    public int Depth { get; protected set; }

    /// <summary>No further join can bring anything.</summary>
    public bool IsDone { get; protected set; }

    /// <summary>Places in memory that the graph has asked for: documents and walks.</summary>
    public abstract long Held { get; }

    /// <summary>Memory that it holds.</summary>
    public abstract long Bytes { get; }

    /// <summary>The next join of this depth; null when there is none left.</summary>
    public abstract FrontierJoin? NextJoin();

    /// <summary>A document of the join (or of the start).</summary>
    public abstract void Arrive(NodeInput document);

    /// <summary>All documents of the join have arrived.</summary>
    public abstract void EndJoin();

    /// <summary>All joins of the depth have ended: its results are there, and the next depth begins.</summary>
    public abstract void EndLevel();

    /// <summary>Writes the next result; false when there is none before the next depth.</summary>
    public abstract bool TryTakeResult(ResultWriter writer);
}
