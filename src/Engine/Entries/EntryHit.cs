using IngoDB.Model;

namespace IngoDB.Engine.Entries;

/// <summary>One entry found by a point read. <paramref name="Row"/> refers to memory that stays alive as long as this value does.</summary>
internal readonly record struct EntryHit(DocumentVersion Version, EntryKind Kind, DocumentVersion ExpiresAt, Shape Shape, ReadOnlyMemory<byte> Row);
