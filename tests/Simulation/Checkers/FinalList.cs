using IngoDB.Simulation.World;

namespace IngoDB.Simulation.Checkers;

/// <summary>A key's list when everything is over, and whether what was read earlier was its beginning.</summary>
internal sealed class FinalList
{
    private readonly Item[] _items;
    private readonly Dictionary<int, int> _places = [];
    private readonly Dictionary<int, int> _times = [];
    private readonly HashSet<Item> _checked = new(ReferenceEqualityComparer.Instance);

    public FinalList(Item? head)
    {
        _items = new Item[head?.Length ?? 0];
        for (var item = head; item is not null; item = item.Previous) _items[item.Length - 1] = item;
        for (var i = 0; i < _items.Length; i++)
        {
            _places.TryAdd(_items[i].Value, i + 1);
            _times[_items[i].Value] = TimesOf(_items[i].Value) + 1;
        }
    }

    public IReadOnlyList<Item> Items => _items;

    /// <summary>From 1; 0: it is not there.</summary>
    public int PlaceOf(int value) => _places.GetValueOrDefault(value);

    public int TimesOf(int value) => _times.GetValueOrDefault(value);

    /// <summary>Whether a list is the beginning of this one: each of its items, in its place.</summary>
    public bool HasPrefix(Item? head)
    {
        for (var item = head; item is not null && _checked.Add(item); item = item.Previous)
            if (item.Length > _items.Length || _items[item.Length - 1].Value != item.Value) return false;
        return true;
    }
}
