using System.Runtime.CompilerServices;
using IngoDB.Engine.Sstables;

namespace IngoDB.Engine.Indexing;

/// <summary>A row of the table an index belongs to.</summary>
/// <param name="Superseded">The table holds a newer version of the same document, which an older snapshot may not see.</param>
internal readonly record struct RowReference(RowId Row, bool Superseded)
{
    public uint Encoded
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => (Row.Value << 1) | (Superseded ? 1u : 0u);
    }

    public static RowReference Decode(uint encoded) => new(new(encoded >> 1), (encoded & 1) != 0);
}
