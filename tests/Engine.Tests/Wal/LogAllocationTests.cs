using IngoDB.Engine.Files;
using IngoDB.Engine.Wal;
using IngoDB.TestKit.Files;

namespace IngoDB.Tests.Wal;

public sealed class LogAllocationTests
{
    [Fact]
    public void Appending_and_syncing_allocate_nothing()
    {
        using var folder = new TemporaryFolder();
        using var log = LogHelpers.Start(LocalFileSystem.Instance, folder.Path, 1, 1, 1, new LogOptions(1 << 20, 1 << 20));
        var payload = new byte[500];
        AppendAndSync();

        var before = GC.GetAllocatedBytesForCurrentThread();
        AppendAndSync();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void AppendAndSync()
        {
            for (var i = 0; i < 1000; i++) log.Append(LogRecordKind.Batch, new(1), new(2), payload);
            log.Sync();
        }
    }
}
