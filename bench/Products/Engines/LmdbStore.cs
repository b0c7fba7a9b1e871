// LMDB through LightningDB. NoSync where acknowledged means "the operating system has it": a commit is written, not synced. One
// reading transaction per thread, renewed for each read, as its manual advises. The package's native library wants a newer glibc than
// some systems have; the system's own liblmdb does as well.
using System.Runtime.InteropServices;
using LightningDB;

namespace IngoDB.ProductBench;

/// <summary>LMDB.</summary>
internal sealed class LmdbStore : KeyValueStore
{
    static LmdbStore() => NativeLibrary.SetDllImportResolver(typeof(LightningEnvironment).Assembly, (name, assembly, path) =>
        name == "lmdb" && !NativeLibrary.TryLoad(name, assembly, path, out _) && NativeLibrary.TryLoad("liblmdb.so.0", out var system) ? system : 0);

    private const long MapBytes = 16L << 30;
    private const int ReadersMax = 2048;

    private readonly LightningEnvironment _environment;
    private readonly LightningDatabase _database;
    private readonly ThreadLocal<LightningTransaction> _reading;

    public LmdbStore(StoreOptions options)
    {
        _environment = new(options.Folder, new EnvironmentConfiguration { MapSize = MapBytes, MaxReaders = ReadersMax });
        _environment.Open(EnvironmentOpenFlags.NoThreadLocalStorage | (options.Durable ? EnvironmentOpenFlags.None : EnvironmentOpenFlags.NoSync));
        using (var transaction = _environment.BeginTransaction())
        {
            _database = transaction.OpenDatabase(new DatabaseConfiguration { Flags = DatabaseOpenFlags.Create });
            transaction.Commit().ThrowOnError();
        }

        _reading = new(() =>
        {
            var transaction = _environment.BeginTransaction(TransactionBeginFlags.ReadOnly);
            transaction.Reset();
            return transaction;
        }, trackAllValues: true);
    }

    public override void PutBatch(ReadOnlySpan<ProductWrite> writes)
    {
        Span<byte> id = stackalloc byte[Product.IdBytes];
        Span<byte> json = stackalloc byte[ProductJson.BytesMax];
        using var transaction = _environment.BeginTransaction();
        foreach (var write in writes)
        {
            Product.WriteId(write.Slot, id);
            transaction.Put(_database, id, json[..ProductJson.Write(write.Number, json)], PutOptions.None).ThrowOnError();
        }

        transaction.Commit().ThrowOnError();
    }

    public override void Put(ProductWrite write) => PutBatch([write]);

    public override void GetMany(ReadOnlySpan<long> slots, Span<ProductFacts> facts)
    {
        Span<byte> id = stackalloc byte[Product.IdBytes];
        var transaction = _reading.Value!;
        transaction.Renew().ThrowOnError();
        for (var i = 0; i < slots.Length; i++)
        {
            Product.WriteId(slots[i], id);
            facts[i] = Read(transaction, id);
        }

        transaction.Reset();
    }

    public override void Settle() => _environment.Flush(force: true).ThrowOnError();

    public override void Dispose()
    {
        foreach (var transaction in _reading.Values) transaction.Dispose();
        _reading.Dispose();
        _database.Dispose();
        _environment.Dispose();
    }

    protected override ProductFacts GetFacts(ReadOnlySpan<byte> id)
    {
        var transaction = _reading.Value!;
        transaction.Renew().ThrowOnError();
        var facts = Read(transaction, id);
        transaction.Reset();
        return facts;
    }

    protected override void ReadAll(RowReader read)
    {
        using var transaction = _environment.BeginTransaction(TransactionBeginFlags.ReadOnly);
        using var rows = transaction.CreateCursor(_database);
        for (var (code, id, json) = rows.First(); code == MDBResultCode.Success; (code, id, json) = rows.Next()) read(id.AsSpan(), json.AsSpan());
    }

    private ProductFacts Read(LightningTransaction transaction, ReadOnlySpan<byte> id)
    {
        var (code, _, json) = transaction.Get(_database, id);
        return code == MDBResultCode.Success ? ProductJson.ReadFacts(json.AsSpan()) : ProductFacts.Absent;
    }
}
