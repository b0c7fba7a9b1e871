// PostgreSQL with documents as JSONB, over its own protocol from this process; the server is given. synchronous_commit is off
// where acknowledged means "the server has it", on where it means "on disk". Batches are one statement over arrays. Of a server on
// this machine the processor time counts too, and the memory that its processes have when they are asked; on disk it weighs its
// table with everything that belongs to it.
using Npgsql;
using NpgsqlTypes;

namespace IngoDB.ProductBench;

/// <summary>PostgreSQL.</summary>
internal sealed class PostgresStore : IProductStore
{
    private readonly NpgsqlDataSource _source;
    private readonly string _table;
    private readonly ThreadLocal<NpgsqlConnection> _connections;
    private readonly int? _server;

    public PostgresStore(StoreOptions options)
    {
        var connection = options.Connection ?? throw new ArgumentException("--postgres CONNECTION names the server.");
        var folder = new DirectoryInfo(options.Folder);
        _table = $"products_{folder.Parent!.Name}_{folder.Name}".Replace('-', '_');
        _source = new NpgsqlDataSourceBuilder(connection) { ConnectionStringBuilder = { MaxPoolSize = 1100, MaxAutoPrepare = 20, AutoPrepareMinUsages = 2, Options = $"-c synchronous_commit={(options.Durable ? "on" : "off")}" } }.Build();
        _connections = new(_source.OpenConnection, trackAllValues: true);
        Execute($"DROP TABLE IF EXISTS {_table}");
        Execute($"CREATE TABLE {_table}(id uuid PRIMARY KEY, doc jsonb)");
        _server = ServerOnThisMachine();
    }

    public TimeSpan OtherProcessorTime => _server is { } id ? ProcFiles.ProcessorTime(id) : TimeSpan.Zero;

    public long OtherPeakBytes => _server is { } id ? ProcFiles.SharedOutBytes(id) : 0;

    public long? DataBytes => Scalar($"SELECT pg_total_relation_size('{_table}')") as long?;

    public void PutBatch(ReadOnlySpan<ProductWrite> writes)
    {
        // A statement may not change a row twice: the last write of an id counts.
        var latest = new Dictionary<long, long>(writes.Length);
        foreach (var write in writes) latest[write.Slot] = write.Number;
        using var command = new NpgsqlCommand($"INSERT INTO {_table} SELECT * FROM unnest($1, $2) ON CONFLICT (id) DO UPDATE SET doc = excluded.doc", _connections.Value);
        command.Parameters.Add(new() { Value = latest.Keys.Select(Product.Id).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Uuid });
        command.Parameters.Add(new() { Value = latest.Values.Select(Json).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Jsonb });
        command.ExecuteNonQuery();
    }

    public void Put(ProductWrite write)
    {
        using var command = new NpgsqlCommand($"INSERT INTO {_table} VALUES ($1, $2) ON CONFLICT (id) DO UPDATE SET doc = excluded.doc", _connections.Value);
        command.Parameters.Add(new() { Value = Product.Id(write.Slot) });
        command.Parameters.Add(new() { Value = Json(write.Number), NpgsqlDbType = NpgsqlDbType.Jsonb });
        command.ExecuteNonQuery();
    }

    public ProductFacts Get(long slot) => Get(Product.Id(slot));

    public bool HasAbsent(long slot) => Get(Product.AbsentId(slot)) != ProductFacts.Absent;

    public void GetMany(ReadOnlySpan<long> slots, Span<ProductFacts> facts)
    {
        Span<byte> id = stackalloc byte[Product.IdBytes];
        var places = new Dictionary<long, int>();
        for (var i = 0; i < slots.Length; i++) places[slots[i]] = i;
        facts.Fill(ProductFacts.Absent);
        using var command = new NpgsqlCommand($"SELECT id, (doc->>'price')::float8, (doc->>'stock')::int8 FROM {_table} WHERE id = ANY($1)", _connections.Value);
        command.Parameters.Add(new() { Value = slots.ToArray().Select(Product.Id).ToArray() });
        using var rows = command.ExecuteReader();
        while (rows.Read())
        {
            rows.GetGuid(0).TryWriteBytes(id, bigEndian: true, out _);
            facts[places[Product.SlotOf(id)]] = ProductFacts.Of(rows.GetDouble(1), rows.GetInt64(2));
        }
    }

    public Answer Electronics()
    {
        Span<byte> id = stackalloc byte[Product.IdBytes];
        var sum = new AnswerSum();
        using var rows = Query("id, doc, (doc->>'price')::float8, (doc->>'stock')::int8", "doc->>'category' = 'electronics' ORDER BY (doc->>'price')::float8");
        while (rows.Read())
        {
            var facts = ProductFacts.Of(rows.GetDouble(2), rows.GetInt64(3));
            rows.GetGuid(0).TryWriteBytes(id, bigEndian: true, out _);
            sum.Ascends(facts.PriceCents);
            sum.Add(Product.SlotOf(id), facts);
        }

        return sum.Total;
    }

    public Answer BestRated(int limit)
    {
        var sum = new AnswerSum();
        using var rows = Query("id, doc, (doc->>'rating')::float8", $"(doc->>'price')::float8 > 50 AND (doc->>'rating')::float8 > 3.0 ORDER BY (doc->>'rating')::float8 DESC LIMIT {limit}");
        while (rows.Read())
        {
            sum.Descends(rows.GetDouble(2));
            sum.Add((int)(rows.GetDouble(2) * 10 + 0.5));
        }

        return sum.Total;
    }

    public Answer Cheapest(int limit)
    {
        var sum = new AnswerSum();
        using var rows = Query("doc->>'name', (doc->>'price')::float8", $"doc->>'category' = 'electronics' ORDER BY (doc->>'price')::float8 LIMIT {limit}");
        while (rows.Read())
        {
            if (rows.GetString(0).Length == 0) throw new WrongAnswerException("a row without a name");
            var cents = (int)(rows.GetDouble(1) * 100 + 0.5);
            sum.Ascends(cents);
            sum.Add(cents);
        }

        return sum.Total;
    }

    public void Settle() => Execute($"VACUUM ANALYZE {_table}");

    public void Dispose()
    {
        Execute($"DROP TABLE IF EXISTS {_table}");
        foreach (var connection in _connections.Values) connection.Dispose();
        _connections.Dispose();
        _source.Dispose();
    }

    private ProductFacts Get(Guid id)
    {
        using var command = new NpgsqlCommand($"SELECT (doc->>'price')::float8, (doc->>'stock')::int8 FROM {_table} WHERE id = $1", _connections.Value);
        command.Parameters.Add(new() { Value = id });
        using var rows = command.ExecuteReader();
        return rows.Read() ? ProductFacts.Of(rows.GetDouble(0), rows.GetInt64(1)) : ProductFacts.Absent;
    }

    private NpgsqlDataReader Query(string select, string where)
    {
        using var command = new NpgsqlCommand($"SELECT {select} FROM {_table} WHERE {where}", _connections.Value);
        return command.ExecuteReader();
    }

    private int? ServerOnThisMachine()
    {
        var file = Path.Combine((string)Scalar("SELECT current_setting('data_directory')")!, "postmaster.pid");
        return File.Exists(file) ? int.Parse(File.ReadLines(file).First(), System.Globalization.CultureInfo.InvariantCulture) : null;
    }

    private object? Scalar(string sql)
    {
        using var command = new NpgsqlCommand(sql, _connections.Value);
        return command.ExecuteScalar();
    }

    private void Execute(string sql)
    {
        using var command = new NpgsqlCommand(sql, _connections.Value);
        command.ExecuteNonQuery();
    }

    private static string Json(long number)
    {
        Span<byte> json = stackalloc byte[ProductJson.BytesMax];
        return System.Text.Encoding.ASCII.GetString(json[..ProductJson.Write(number, json)]);
    }
}
