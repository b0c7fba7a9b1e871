using System.Diagnostics.CodeAnalysis;
using IngoDB.Engine.Entries;

namespace IngoDB.Engine.Sstables;

/// <summary>Where a row lies in a table: its ordinal in (key, version descending) order.</summary>
internal readonly record struct RowId(uint Value);

/// <summary>A cursor over a table that knows which row it is on and can go straight to one.</summary>
internal abstract class TableCursor : EntryCursor
{
    public abstract RowId RowId { get; }

    /// <summary>Moves to a row (cheap when it lies in the current block or just after).</summary>
    public abstract void MoveTo(RowId row);

    /// <summary>The block that the row lies in and its place there, when they stay as they are for whoever keeps them.</summary>
    /// <param name="isOneOfMany">Blocks behind it will be held next.</param>
    public abstract bool TryHold([NotNullWhen(true)] out RowBlock? block, out int row, bool isOneOfMany);
}
