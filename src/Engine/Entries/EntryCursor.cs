// Everything below the planner is a stream of entries in (key ascending, version descending) order: a memtable, a
// table, a merge of many, the visible ones of a snapshot, the retained ones of a compaction. One small class,
// composed. It lives in Entries because memtables and tables give cursors and may not look to their right.
//
// The spans of the current entry are valid until the next move. One thread at a time.

using IngoDB.Model;

namespace IngoDB.Engine.Entries;

/// <summary>A stream of entries. Before the first Seek or MoveNext it stands before the first entry.</summary>
internal abstract class EntryCursor : IDisposable
{
    /// <summary>Moves to the first entry whose key is ≥ <paramref name="key"/> (its newest version). False at the end.</summary>
    public abstract bool Seek(ReadOnlySpan<byte> key);

    public abstract bool MoveNext();

    public abstract ReadOnlySpan<byte> Key { get; }

    public abstract DocumentVersion Version { get; }

    public abstract EntryKind Kind { get; }

    /// <summary><see cref="DocumentVersion.None"/> when the entry never expires.</summary>
    public abstract DocumentVersion ExpiresAt { get; }

    /// <summary>The shape of <see cref="Row"/>; <see cref="Shape.SelfDescribed"/> for a Delete.</summary>
    public abstract Shape Shape { get; }

    /// <summary>Empty for a Delete.</summary>
    public abstract ReadOnlySpan<byte> Row { get; }

    /// <summary>All of it, in one call.</summary>
    public virtual EntryView Entry => new() { Key = Key, Version = Version, Kind = Kind, ExpiresAt = ExpiresAt, Shape = Shape, Row = Row, Origin = new(Input, 0) };

    /// <summary>Its ordinal among the inputs of a merge, which gives it; told as the origin of entries.</summary>
    public int Input { get; set; }

    public virtual void Dispose() => GC.SuppressFinalize(this);
}
