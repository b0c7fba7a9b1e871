// The few nodes that a rule speaks of, in order of preference. Three to five members, so a walk beats every hash; immutable,
// so that records and states which hold one are values.

using System.Collections.Immutable;

namespace IngoDB.Replication.Members;

/// <summary>A small ordered set of nodes.</summary>
public readonly struct NodeSet : IEquatable<NodeSet>
{
    private readonly ImmutableArray<CopyId> _members;

    private NodeSet(ImmutableArray<CopyId> members) => _members = members;

    public static NodeSet Empty => new([]);

    public ImmutableArray<CopyId> Members => _members.IsDefault ? [] : _members;

    public int Count => _members.IsDefault ? 0 : _members.Length;

    public CopyId this[int index] => _members[index];

    public static NodeSet Of(params ReadOnlySpan<CopyId> nodes)
    {
        var set = Empty;
        foreach (var node in nodes) set = set.With(node);
        return set;
    }

    public bool Contains(CopyId node) => IndexOf(node) >= 0;

    /// <summary>The rank of a member, -1 for a stranger.</summary>
    public int IndexOf(CopyId node)
    {
        for (var i = 0; i < Count; i++)
            if (_members[i] == node) return i;
        return -1;
    }

    public NodeSet With(CopyId node) => Contains(node) ? this : new(Members.Add(node));

    public NodeSet Without(CopyId node) => IndexOf(node) is var at && at < 0 ? this : new(_members.RemoveAt(at));

    public NodeSet Union(NodeSet other)
    {
        var all = this;
        foreach (var node in other.Members) all = all.With(node);
        return all;
    }

    public bool Equals(NodeSet other) => Members.AsSpan().SequenceEqual(other.Members.AsSpan());

    public override bool Equals(object? obj) => obj is NodeSet other && Equals(other);

    public override int GetHashCode() => Count == 0 ? 0 : HashCode.Combine(Count, _members[0]);

    public static bool operator ==(NodeSet left, NodeSet right) => left.Equals(right);

    public static bool operator !=(NodeSet left, NodeSet right) => !left.Equals(right);

    public override string ToString() => $"{{{string.Join(' ', Members)}}}";
}
