using Microsoft.Data.Sqlite;

namespace IngoDB.ProductBench;

/// <summary>One thread's connection with its prepared statements.</summary>
internal sealed class SqliteSession : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly SqliteCommand _put, _get;
    private readonly byte[] _id = new byte[Product.IdBytes];
    private readonly byte[] _json = new byte[ProductJson.BytesMax];
    private readonly byte[] _blob = new byte[1024];

    public SqliteSession(string file, bool durable)
    {
        _connection = new($"Data Source={file};Pooling=False");
        _connection.Open();
        Execute("PRAGMA journal_mode=WAL");
        Execute(durable ? "PRAGMA synchronous=FULL" : "PRAGMA synchronous=OFF");
        Execute("PRAGMA cache_size=-262144");
        Execute("PRAGMA mmap_size=1073741824");
        Execute("CREATE TABLE IF NOT EXISTS products(id BLOB PRIMARY KEY, doc BLOB) WITHOUT ROWID");
        Begin = Prepare("BEGIN IMMEDIATE");
        Commit = Prepare("COMMIT");
        _put = Prepare("INSERT OR REPLACE INTO products VALUES($1, jsonb($2))", "$1", "$2");
        _get = Prepare("SELECT doc->>'price', doc->>'stock' FROM products WHERE id = $1", "$1");
        Electronics = Prepare("SELECT id, doc, doc->>'price', doc->>'stock' FROM products WHERE doc->>'category' = 'electronics' ORDER BY doc->>'price'");
        BestRated = Prepare("SELECT id, doc, doc->>'price', doc->>'rating' FROM products WHERE doc->>'price' > 50 AND doc->>'rating' > 3.0 ORDER BY doc->>'rating' DESC LIMIT $1", "$1");
        Categories = Prepare("SELECT doc->>'category', count(*), avg(doc->>'price') FROM products GROUP BY 1");
        Cheapest = Prepare("SELECT doc->>'name', doc->>'price' FROM products WHERE doc->>'category' = 'electronics' ORDER BY doc->>'price' LIMIT $1", "$1");
    }

    public SqliteCommand Begin { get; }

    public SqliteCommand Commit { get; }

    public SqliteCommand Electronics { get; }

    public SqliteCommand BestRated { get; }

    public SqliteCommand Categories { get; }

    public SqliteCommand Cheapest { get; }

    public void Put(ProductWrite write)
    {
        Product.WriteId(write.Slot, _id);
        var length = ProductJson.Write(write.Number, _json);
        _put.Parameters[0].Value = _id;
        // jsonb() takes text; a blob would be taken for JSONB already.
        _put.Parameters[1].Value = System.Text.Encoding.ASCII.GetString(_json, 0, length);
        _put.ExecuteNonQuery();
    }

    public ProductFacts Get(long slot, bool absent)
    {
        if (absent) Product.WriteAbsentId(slot, _id);
        else Product.WriteId(slot, _id);
        _get.Parameters[0].Value = _id;
        using var rows = _get.ExecuteReader();
        return rows.Read() ? ProductFacts.Of(rows.GetDouble(0), rows.GetInt64(1)) : ProductFacts.Absent;
    }

    public long ReadSlot(SqliteDataReader rows)
    {
        rows.GetBytes(0, 0, _id, 0, _id.Length);
        return Product.SlotOf(_id);
    }

    /// <summary>The whole document, as it is handed out.</summary>
    public long ReadBlob(SqliteDataReader rows, int column) => rows.GetBytes(column, 0, _blob, 0, _blob.Length);

    public void Execute(string sql)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    public void Dispose() => _connection.Dispose();

    private SqliteCommand Prepare(string sql, params ReadOnlySpan<string> parameters)
    {
        var command = _connection.CreateCommand();
        command.CommandText = sql;
        foreach (var name in parameters) command.Parameters.Add(new SqliteParameter { ParameterName = name, Value = DBNull.Value });
        command.Prepare();
        return command;
    }
}
