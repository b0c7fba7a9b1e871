// DuckDB takes part in the scans only: a table with a typed column for each field, filled by its appender with the state that
// the others have after the updates. Whole rows are selected, and read as the application would: the id and two fields.
using DuckDB.NET.Data;

namespace IngoDB.ProductBench;

/// <summary>DuckDB.</summary>
internal sealed class DuckDbStore : IProductStore
{
    private readonly DuckDBConnection _connection;

    public DuckDbStore(StoreOptions options)
    {
        _connection = new($"Data Source={Path.Combine(options.Folder, "products.duckdb")}");
        _connection.Open();
        Execute("CREATE TABLE IF NOT EXISTS products(id UUID, type VARCHAR, name VARCHAR, category VARCHAR, price DOUBLE, rating DOUBLE, stock BIGINT, description VARCHAR)");
    }

    public void PutBatch(ReadOnlySpan<ProductWrite> writes) => throw new NotSupportedException();

    public void Put(ProductWrite write) => throw new NotSupportedException();

    public ProductFacts Get(long slot) => throw new NotSupportedException();

    public bool HasAbsent(long slot) => throw new NotSupportedException();

    public void Load(ExpectedState state)
    {
        using var appender = _connection.CreateAppender("products");
        for (long slot = 0; slot < state.Documents; slot++)
        {
            var number = state.NumberAt(slot);
            appender.CreateRow().AppendValue(Product.Id(slot)).AppendValue("product").AppendValue($"Product #{number}").AppendValue(Product.Category(number))
                .AppendValue(Product.Price(number)).AppendValue(Product.Rating(number)).AppendValue(Product.Stock(number))
                .AppendValue($"Description for product {number} in {Product.Category(number)}").EndRow();
        }

        appender.Close();
    }

    public Answer Electronics()
    {
        Span<byte> id = stackalloc byte[Product.IdBytes];
        var sum = new AnswerSum();
        using var rows = Query("SELECT * FROM products WHERE category = 'electronics' ORDER BY price");
        while (rows.Read())
        {
            rows.GetGuid(0).TryWriteBytes(id, bigEndian: true, out _);
            var facts = ProductFacts.Of(rows.GetDouble(4), rows.GetInt64(6));
            sum.Ascends(facts.PriceCents);
            sum.Add(Product.SlotOf(id), facts);
        }

        return sum.Total;
    }

    public Answer BestRated(int limit)
    {
        var sum = new AnswerSum();
        using var rows = Query($"SELECT * FROM products WHERE price > 50 AND rating > 3.0 ORDER BY rating DESC LIMIT {limit}");
        while (rows.Read())
        {
            if (rows.GetDouble(4) <= 50) throw new WrongAnswerException("a price that the filter forbids");
            sum.Descends(rows.GetDouble(5));
            sum.Add((int)(rows.GetDouble(5) * 10 + 0.5));
        }

        return sum.Total;
    }

    public Answer Categories()
    {
        var sum = new AnswerSum();
        using var rows = Query("SELECT category, count(*), avg(price) FROM products GROUP BY category");
        while (rows.Read()) sum.Add(rows.GetString(0), rows.GetInt64(1), rows.GetDouble(2));
        return sum.Total;
    }

    public Answer Cheapest(int limit)
    {
        var sum = new AnswerSum();
        using var rows = Query($"SELECT name, price FROM products WHERE category = 'electronics' ORDER BY price LIMIT {limit}");
        while (rows.Read())
        {
            if (rows.GetString(0).Length == 0) throw new WrongAnswerException("a row without a name");
            var cents = (int)(rows.GetDouble(1) * 100 + 0.5);
            sum.Ascends(cents);
            sum.Add(cents);
        }

        return sum.Total;
    }

    public void Settle() => Execute("CHECKPOINT");

    public void Dispose() => _connection.Dispose();

    private DuckDBDataReader Query(string sql)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteReader();
    }

    private void Execute(string sql)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
