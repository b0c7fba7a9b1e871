namespace IngoDB.Replication.States;

/// <summary>Whether a replica still has what it had.</summary>
public enum Standing
{
    /// <summary>Everything it ever acknowledged.</summary>
    Whole,

    /// <summary>It had more: its log does not check, or is gone. It keeps what is left for a salvage, never leads, and takes only a snapshot.</summary>
    Broken,

    /// <summary>A snapshot has replaced what was broken; it never leads until it has all that is committed.</summary>
    Mending,

    /// <summary>Its disk has failed: it says nothing until it is opened anew.</summary>
    Poisoned,

    /// <summary>The record does not know it any more (M4): it says nothing, and what it has is erased.</summary>
    Dropped,
}
