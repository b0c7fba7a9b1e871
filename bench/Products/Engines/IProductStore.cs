// What the benchmark asks of an engine. Everything that a user would have to do to get this from the engine is inside the call,
// and so inside the times: encoding documents, reading two fields of each document returned, filtering and sorting where the
// engine has no queries.
namespace IngoDB.ProductBench;

/// <summary>One engine, holding products.</summary>
internal interface IProductStore : IDisposable
{
    /// <summary>All of them as the engine's natural batch.</summary>
    void PutBatch(ReadOnlySpan<ProductWrite> writes);

    /// <summary>The same without a thread that waits, where several batches may be under way.</summary>
    Task PutBatchAsync(ProductWrite[] writes)
    {
        PutBatch(writes);
        return Task.CompletedTask;
    }

    /// <summary>One, acknowledged in the store's durability class.</summary>
    void Put(ProductWrite write);

    /// <summary>One of many in flight. Engines without asynchronous writes are called from as many threads instead.</summary>
    ValueTask PutAsync(ProductWrite write)
    {
        Put(write);
        return default;
    }

    /// <summary>Absent when there is none. Called from several threads.</summary>
    ProductFacts Get(long slot);

    /// <summary>So many gets are under way at the same time where the rate counts: one call after the other, unless the engine is behind a network.</summary>
    int Outstanding => 1;

    ValueTask<ProductFacts> GetAsync(long slot) => new(Get(slot));

    Task GetManyAsync(long[] slots, ProductFacts[] facts)
    {
        GetMany(slots, facts);
        return Task.CompletedTask;
    }

    /// <summary>The same for an id that nobody has.</summary>
    bool HasAbsent(long slot);

    void GetMany(ReadOnlySpan<long> slots, Span<ProductFacts> facts)
    {
        for (var i = 0; i < slots.Length; i++) facts[i] = Get(slots[i]);
    }

    /// <summary>category = electronics order by price: whole documents.</summary>
    Answer Electronics();

    /// <summary>price &gt; 50 and rating &gt; 3 order by rating desc limit: whole documents.</summary>
    Answer BestRated(int limit);

    /// <summary>category = electronics order by price limit: name and price.</summary>
    Answer Cheapest(int limit);

    /// <summary>Grouped by category: how many, and the mean price.</summary>
    Answer Categories() => throw new NotSupportedException();

    /// <summary>How the latest query was executed, where the engine tells.</summary>
    string? LatestAccess => null;

    /// <summary>Does what is left to do in the background and returns when it is done.</summary>
    void Settle();

    /// <summary>Waits for what the engine does by itself once it has settled, if there is a way to.</summary>
    void Rest()
    {
    }

    /// <summary>Where the engine learns: follows what was learned. True when a faster way to <see cref="Electronics"/> is there.</summary>
    bool Learn() => true;

    /// <summary>Brings an engine that takes no part in the write phases to the state that the others reached.</summary>
    void Load(ExpectedState state)
    {
        var writes = new ProductWrite[1000];
        for (long slot = 0; slot < state.Documents; slot += writes.Length)
        {
            var count = (int)Math.Min(writes.Length, state.Documents - slot);
            for (var i = 0; i < count; i++) writes[i] = new(slot + i, state.NumberAt(slot + i));
            PutBatch(writes.AsSpan(0, count));
        }
    }

    /// <summary>Processor time and peak memory of processes that belong to the engine beside this one.</summary>
    TimeSpan OtherProcessorTime => TimeSpan.Zero;

    long OtherPeakBytes => 0;

    /// <summary>What the documents with their indexes take on disk, where that is not a folder of the benchmark's.</summary>
    long? DataBytes => null;

    /// <summary>Merges everything once, while others read. False: the engine has no such thing.</summary>
    bool MergeEverything() => false;
}

/// <summary>What an engine can be asked.</summary>
[Flags]
internal enum Abilities
{
    None = 0,
    Writes = 1,
    Reads = 2,
    Scans = 4,

    /// <summary>Acknowledges after a sync of the disk when told to.</summary>
    Syncs = 8,

    /// <summary>Has puts that wait without a thread.</summary>
    AsyncPuts = 16,

    /// <summary>Is back after its process was killed.</summary>
    Recovers = 32,

    /// <summary>Makes its own indexes from what it is asked.</summary>
    Learns = 64,

    /// <summary>Can be told to finish its background work.</summary>
    Settles = 128,

    /// <summary>Answers rightly while another thread writes.</summary>
    ReadsBesideWrites = 256,

    /// <summary>Groups by a field itself.</summary>
    Groups = 512,

    Documents = Writes | Reads | Scans | Settles | ReadsBesideWrites,

    All = Documents | Syncs | Recovers,
}

/// <summary>How an engine is opened.</summary>
/// <param name="Durable">Acknowledge after a sync; otherwise once the operating system has it.</param>
internal sealed record StoreOptions(string Folder, bool Durable, string? Connection);

/// <summary>An engine by name.</summary>
internal sealed record StoreKind(string Name, Abilities Abilities, Func<StoreOptions, IProductStore> Open)
{
    public bool Can(Abilities what) => (Abilities & what) == what;
}
