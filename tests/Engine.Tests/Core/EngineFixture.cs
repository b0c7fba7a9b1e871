// An engine on a simulated disk with a clock that only the test moves and no thread of its own: what happens, and
// when, is up to the test.

using IngoDB.Engine;
using IngoDB.Engine.Entries;
using IngoDB.Model;
using IngoDB.TestKit.Files;
using Microsoft.Extensions.Time.Testing;

namespace IngoDB.Tests.Core;

public abstract class EngineFixture : IAsyncLifetime
{
    protected const string Folder = "/db";

    private protected SimulatedFileSystem Disk { get; set; } = new();

    protected FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));

    protected StorageEngine Engine { get; private set; } = null!;

    protected CollectionId Things { get; private set; }

    protected virtual EngineOptions Options => new() { Files = Disk, Time = Time, BackgroundWork = false, Seed = 1, LogSegmentBytesMin = 64 * 1024 };

    public async ValueTask InitializeAsync()
    {
        await Open();
        Things = Engine.Collection("things");
    }

    protected async Task Open() => Engine = await StorageEngine.OpenAsync(Folder, Options);

    /// <summary>Closes in order and opens again.</summary>
    protected async Task Reopen()
    {
        await Engine.DisposeAsync();
        await Open();
    }

    /// <summary>Opens what a power cut at this moment leaves on the disk.</summary>
    protected async Task CrashAndOpen(int seed = 1)
    {
        Disk = Disk.CrashClone(new Random(seed));
        await Open();
    }

    protected async Task<WriteResult> Write(EngineWrite write) => (await Engine.WriteAsync([write]))[0];

    protected List<StoredDocument> Scan(Filter? where = null)
    {
        using var stream = Engine.Scan(new(Things) { Where = where });
        return stream.ToList();
    }

    public async ValueTask DisposeAsync()
    {
        await Engine.DisposeAsync();
        GC.SuppressFinalize(this);
    }
}
