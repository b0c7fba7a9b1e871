// SQLite with documents as JSONB, in WAL mode, prepared statements kept, one connection for writes and one for each
// reading thread, 256 MB of page cache.
// `synchronous` is OFF where acknowledged means "the operating system has it" (more generous than its usual NORMAL) and FULL
// where it means "on disk". The indexed kind has the two indexes that a developer who knows the queries would make by hand.
using Microsoft.Data.Sqlite;

namespace IngoDB.ProductBench;

/// <summary>SQLite, with or without indexes made by hand.</summary>
internal sealed class SqliteStore : IProductStore
{
    private readonly ThreadLocal<SqliteSession> _sessions;
    private readonly SqliteSession _writer;
    private readonly Lock _writing = new();
    private readonly bool _indexed;

    public SqliteStore(StoreOptions options, bool indexed)
    {
        var file = Path.Combine(options.Folder, "products.db");
        Directory.CreateDirectory(options.Folder);
        _writer = new(file, options.Durable);
        _sessions = new(() => new SqliteSession(file, options.Durable), trackAllValues: true);
        _indexed = indexed;
    }

    private SqliteSession Session => _sessions.Value!;

    public void PutBatch(ReadOnlySpan<ProductWrite> writes)
    {
        lock (_writing)
        {
            _writer.Begin.ExecuteNonQuery();
            foreach (var write in writes) _writer.Put(write);
            _writer.Commit.ExecuteNonQuery();
        }
    }

    public void Put(ProductWrite write)
    {
        lock (_writing) _writer.Put(write);
    }

    public ProductFacts Get(long slot) => Session.Get(slot, absent: false);

    public bool HasAbsent(long slot) => Session.Get(slot, absent: true) != ProductFacts.Absent;

    public Answer Electronics()
    {
        var (sum, session) = (new AnswerSum(), Session);
        using var rows = session.Electronics.ExecuteReader();
        while (rows.Read())
        {
            session.ReadBlob(rows, 1);
            var facts = ProductFacts.Of(rows.GetDouble(2), rows.GetInt64(3));
            sum.Ascends(facts.PriceCents);
            sum.Add(session.ReadSlot(rows), facts);
        }

        return sum.Total;
    }

    public Answer BestRated(int limit)
    {
        var (sum, session) = (new AnswerSum(), Session);
        session.BestRated.Parameters[0].Value = limit;
        using var rows = session.BestRated.ExecuteReader();
        while (rows.Read())
        {
            session.ReadBlob(rows, 1);
            if (rows.GetDouble(2) <= 50) throw new WrongAnswerException("a price that the filter forbids");
            sum.Descends(rows.GetDouble(3));
            sum.Add((int)(rows.GetDouble(3) * 10 + 0.5));
        }

        return sum.Total;
    }

    public Answer Categories()
    {
        var sum = new AnswerSum();
        using var rows = Session.Categories.ExecuteReader();
        while (rows.Read()) sum.Add(rows.GetString(0), rows.GetInt64(1), rows.GetDouble(2));
        return sum.Total;
    }

    public Answer Cheapest(int limit)
    {
        var sum = new AnswerSum();
        var command = Session.Cheapest;
        command.Parameters[0].Value = limit;
        using var rows = command.ExecuteReader();
        while (rows.Read())
        {
            if (rows.GetString(0).Length == 0) throw new WrongAnswerException("a row without a name");
            var cents = (int)(rows.GetDouble(1) * 100 + 0.5);
            sum.Ascends(cents);
            sum.Add(cents);
        }

        return sum.Total;
    }

    public void Settle()
    {
        if (_indexed)
        {
            Session.Execute("CREATE INDEX IF NOT EXISTS by_category ON products(doc->>'category', doc->>'price')");
            Session.Execute("CREATE INDEX IF NOT EXISTS by_rating ON products(doc->>'rating', doc->>'price')");
        }

        Session.Execute("PRAGMA wal_checkpoint(TRUNCATE)");
    }

    public void Dispose()
    {
        foreach (var session in _sessions.Values) session.Dispose();
        _sessions.Dispose();
        _writer.Dispose();
        SqliteConnection.ClearAllPools();
    }
}
