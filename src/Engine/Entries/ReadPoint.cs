using IngoDB.Model;

namespace IngoDB.Engine.Entries;

/// <summary>
/// What a read may see: entries with a version ≤ <paramref name="Version"/>, of which those that expire at or before
/// <paramref name="Time"/> are gone. A snapshot has both equal, so that it stays the same for ever.
/// </summary>
public readonly record struct ReadPoint(DocumentVersion Version, DocumentVersion Time)
{
    public static ReadPoint At(DocumentVersion version) => new(version, version);

    public bool Sees(DocumentVersion version) => version <= Version;

    /// <param name="expiresAt"><see cref="DocumentVersion.None"/> when the entry never expires.</param>
    public bool IsExpired(DocumentVersion expiresAt) => expiresAt != DocumentVersion.None && expiresAt <= Time;
}
