namespace IngoDB.Engine.Querying;

/// <summary>What a join looks for, as bytes: id keys where the field is `_id`, ordered keys of values elsewhere. All different.</summary>
public abstract class JoinKeys
{
    public abstract int Count { get; }

    public abstract ReadOnlySpan<byte> this[int index] { get; }
}
