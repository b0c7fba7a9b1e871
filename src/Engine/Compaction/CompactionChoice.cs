// What the strategy answers: nothing, or which tables are to be replaced by what, and why. It is a value, so that a test
// can ask for it with a picture, and an event can tell it to people.

using System.Collections.Immutable;
using IngoDB.Engine.Sstables;

namespace IngoDB.Engine.Compaction;

/// <summary>What the strategy decided. It decides; <see cref="CompactionRunner"/> does.</summary>
internal abstract record CompactionChoice
{
    /// <summary>Nothing is worth rewriting.</summary>
    public sealed record Rest : CompactionChoice
    {
        public static Rest Now { get; } = new();
    }

    /// <param name="Inputs">Every one is replaced by the outputs.</param>
    /// <param name="Boundaries">Keys, ascending, at which a new output begins.</param>
    /// <param name="Level">Of the inputs; for people, nothing depends on it.</param>
    public sealed record Merge(ImmutableArray<TableInfo> Inputs, ImmutableArray<ReadOnlyMemory<byte>> Boundaries, int Level, CompactionCause Cause) : CompactionChoice;
}

/// <summary>Why tables are rewritten.</summary>
internal enum CompactionCause
{
    /// <summary>A read would have to look into too many of them.</summary>
    Overlap,

    /// <summary>Most of what they hold is superseded, expired or deleted.</summary>
    Garbage,

    /// <summary>Most of what they hold belongs to collections that are gone.</summary>
    DroppedCollection,

    /// <summary>What has gathered while much was written, and now nothing is.</summary>
    Quiet,

    /// <summary>Queries want a column that it does not have.</summary>
    Column,

    /// <summary>Small neighbours that cost more as files than as bytes.</summary>
    SmallNeighbours,

    /// <summary>Somebody asked for everything to be merged.</summary>
    Asked,
}
