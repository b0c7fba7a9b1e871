// What the database must hold: the number of the product in each slot after the updates of the original's phase 1b. Four bytes
// a document, made before anything is timed. From it follows the right answer of every query of the benchmark, so that no
// engine's answer is trusted, ours least of all.
namespace IngoDB.ProductBench;

/// <summary>The numbers in all slots, and the answers that follow.</summary>
internal sealed class ExpectedState
{
    private readonly int[] _numbers;

    public ExpectedState(long documents, bool updated)
    {
        Documents = documents;
        _numbers = new int[documents];
        for (var i = 0; i < _numbers.Length; i++) _numbers[i] = i;
        if (!updated) return;
        for (long i = 0; i < documents; i++) _numbers[UpdatedSlot(i, documents)] = (int)(i + documents);
    }

    public long Documents { get; }

    public long NumberAt(long slot) => _numbers[slot];

    /// <summary>The slot of update i: 595,544 of a million are touched, some of them often.</summary>
    public static long UpdatedSlot(long i, long documents) => (long)(unchecked((ulong)i * 6364136223846793005UL + 1442695040888963407UL) % (ulong)documents);

    /// <summary>All electronics: how many, and the sum of what each row gives, whatever the order within one price.</summary>
    public Answer Electronics()
    {
        var answer = new AnswerSum();
        for (var slot = 0; slot < _numbers.Length; slot++)
            if (_numbers[slot] % 10 == 0) answer.Add(slot, ProductFacts.Of(_numbers[slot]));
        return answer.Total;
    }

    /// <summary>How many of each category, and the mean of their prices.</summary>
    public Answer Categories()
    {
        var (counts, prices) = (new long[Product.Categories.Length], new double[Product.Categories.Length]);
        foreach (var number in _numbers)
        {
            counts[number % 10]++;
            prices[number % 10] += Product.Price(number);
        }

        var answer = new AnswerSum();
        for (var i = 0; i < counts.Length; i++)
            if (counts[i] > 0) answer.Add(Product.Categories[i], counts[i], prices[i] / counts[i]);
        return answer.Total;
    }

    /// <summary>price &gt; 50 and rating &gt; 3: the best twenty ratings.</summary>
    public Answer BestRated(int limit)
    {
        var ratings = new int[50];
        foreach (var number in _numbers)
            if (Product.Price(number) > 50 && Product.Rating(number) > 3.0) ratings[number % 50]++;
        var answer = new AnswerSum();
        for (var rating = 49; rating >= 0 && answer.Total.Rows < limit; rating--)
            for (var n = Math.Min(ratings[rating], limit - answer.Total.Rows); n > 0; n--) answer.Add(rating);
        return answer.Total;
    }

    /// <summary>The ten lowest prices of electronics.</summary>
    public Answer Cheapest(int limit)
    {
        var prices = new int[1000];
        foreach (var number in _numbers)
            if (number % 10 == 0) prices[number % 1000]++;
        var answer = new AnswerSum();
        for (var price = 0; price < 1000 && answer.Total.Rows < limit; price++)
            for (var n = Math.Min(prices[price], limit - answer.Total.Rows); n > 0; n--) answer.Add(price * 100 + 99);
        return answer.Total;
    }
}
