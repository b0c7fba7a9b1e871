namespace IngoDB.Replication.Members;

/// <summary>
/// One copy of a partition: a folder on a node, given when the folder is made and kept in it. It never comes back without its data (S9): who finds the
/// folder gone makes another copy under another id. The node's own id would not do: a change of the record that is under way may still count
/// in-sync what the node had before it lost the folder.
/// </summary>
public readonly record struct CopyId(Guid Value)
{
    public static CopyId None => default;

    public override string ToString() => Value.ToString("N")[..8];
}
