using IngoDB.Model;

namespace IngoDB.Engine.Entries;

/// <summary>One answer of <c>StorageEngine.TryGetRows</c>. The row stays valid for as long as it is referenced.</summary>
/// <param name="Shape">Null: there is no such document.</param>
public readonly record struct RowResult(DocumentVersion Version, Shape? Shape, ReadOnlyMemory<byte> Row)
{
    public bool Found => Shape is not null;
}
