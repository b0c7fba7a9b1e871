// An entry, all of it at once. Cursors are stacked (retention over merge over tables), and asked field by field each
// field goes down the whole stack; whoever needs most of an entry asks once and then looks at a value.

using IngoDB.Model;

namespace IngoDB.Engine.Entries;

/// <summary>What a cursor stands on. The spans are valid until the cursor moves.</summary>
internal readonly ref struct EntryView
{
    public required ReadOnlySpan<byte> Key { get; init; }

    public required DocumentVersion Version { get; init; }

    public required EntryKind Kind { get; init; }

    /// <summary><see cref="DocumentVersion.None"/> when it never expires.</summary>
    public required DocumentVersion ExpiresAt { get; init; }

    public required Shape Shape { get; init; }

    /// <summary>Empty for a Delete.</summary>
    public required ReadOnlySpan<byte> Row { get; init; }

    public EntryOrigin Origin { get; init; }
}

/// <summary>Where an entry of a merge comes from.</summary>
/// <param name="Input">The ordinal of the input among those of the merge.</param>
/// <param name="Row">The ordinal of the row in its table; 0 for what is not from a table.</param>
internal readonly record struct EntryOrigin(int Input, uint Row);
