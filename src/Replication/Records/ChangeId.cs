using IngoDB.Replication.Members;

namespace IngoDB.Replication.Records;

/// <summary>Names one change of the catalog for ever: after an unknown outcome, finding it in the record means that the change happened.</summary>
public readonly record struct ChangeId(CopyId Copy, ulong Incarnation, long Number)
{
    public override string ToString() => $"{Copy}/{Incarnation}/{Number}";
}
