namespace IngoDB.Engine.Transactions;

/// <summary>One attempt to make an atomic batch over several partitions. Made anew for every attempt.</summary>
public readonly record struct TransactionId(Guid Value)
{
    public override string ToString() => Value.ToString("N")[..8];
}
