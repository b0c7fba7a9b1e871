using System.Runtime.InteropServices;

namespace IngoDB.Engine.Traversing;

/// <summary>The join values of documents, as numbers: read once from the row, used whenever a walk leaves the document by that hop. One thread at a time.</summary>
internal sealed class OnwardKeys(WalkScope scope)
{
    private readonly PairTable _places = new();
    private readonly List<int> _numbers = [];

    /// <summary>Memory that it holds.</summary>
    public long Bytes => _places.Bytes + ((long)_numbers.Capacity * sizeof(int));

    /// <summary>Reads the values of the document for a hop, unless they are known.</summary>
    public void Read(NodeInput document, int node, int hop)
    {
        ref var place = ref _places[node, hop];
        if (place != 0) return;
        var plan = scope.Hops[hop];
        var first = _numbers.Count;
        _numbers.Add(0);
        var count = plan.From.Read(document, out var value);
        for (var i = 0; i < count; i++)
        {
            var key = plan.From.KeyOf(value, i, plan.IsById);
            if (!key.IsEmpty) _numbers.Add(plan.Intern(key));
        }

        _numbers[first] = _numbers.Count - first - 1;
        place = first + 1;
    }

    public ReadOnlySpan<int> Of(int node, int hop)
    {
        var place = _places[node, hop];
        var first = place - 1;
        return CollectionsMarshal.AsSpan(_numbers).Slice(place, _numbers[first]);
    }
}
