// The application's side of a query when the engine is a key-value store: rows that passed the filter are copied into one
// growing buffer, sorted by (key, place), and read in that order.
namespace IngoDB.ProductBench;

/// <summary>Copies of the rows found, with their sort keys.</summary>
internal sealed class FoundRows
{
    private byte[] _bytes = new byte[1 << 20];
    private int _used;
    private readonly List<(double Key, long Slot, int Start, int Length)> _rows = [];

    public void Add(double key, long slot, ReadOnlySpan<byte> json)
    {
        if (_bytes.Length - _used < json.Length) Array.Resize(ref _bytes, _bytes.Length * 2);
        json.CopyTo(_bytes.AsSpan(_used));
        _rows.Add((key, slot, _used, json.Length));
        _used += json.Length;
    }

    /// <summary>All, by key: the reader looks at two fields of each.</summary>
    public Answer Electronics()
    {
        _rows.Sort((a, b) => a.Key.CompareTo(b.Key) is not 0 and var byKey ? byKey : a.Start.CompareTo(b.Start));
        var sum = new AnswerSum();
        foreach (var (key, slot, start, length) in _rows)
        {
            sum.Ascends(key);
            sum.Add(slot, ProductJson.ReadFacts(_bytes.AsSpan(start, length)));
        }

        return sum.Total;
    }
}

/// <summary>The k rows with the smallest keys so far; only what enters is copied.</summary>
internal sealed class TopRows(int limit)
{
    private readonly PriorityQueue<byte[], double> _worstFirst = new();

    public void Offer(double key, ReadOnlySpan<byte> json)
    {
        if (_worstFirst.Count == limit)
        {
            _worstFirst.TryPeek(out _, out var worst);
            if (key >= -worst) return;
            _worstFirst.Dequeue();
        }

        _worstFirst.Enqueue(json.ToArray(), -key);
    }

    public Answer BestRated()
    {
        var sum = new AnswerSum();
        foreach (var json in InOrder())
        {
            var (price, rating) = ProductJson.ReadPriceAndRating(json);
            if (price <= 50) throw new WrongAnswerException("a price that the filter forbids");
            sum.Descends(rating);
            sum.Add((int)(rating * 10 + 0.5));
        }

        return sum.Total;
    }

    public Answer Cheapest()
    {
        var sum = new AnswerSum();
        foreach (var json in InOrder())
        {
            if (ProductJson.NameLength(json) == 0) throw new WrongAnswerException("a row without a name");
            var cents = ProductJson.ReadFacts(json).PriceCents;
            sum.Ascends(cents);
            sum.Add(cents);
        }

        return sum.Total;
    }

    private List<byte[]> InOrder()
    {
        var rows = new List<byte[]>(_worstFirst.Count);
        while (_worstFirst.TryDequeue(out var json, out _)) rows.Add(json);
        rows.Reverse();
        return rows;
    }
}
