// Segments of the log fill their memtables side by side; what comes of it is what one thread would have made.

using IngoDB.Engine;
using IngoDB.Engine.Entries;
using IngoDB.Engine.Wal;
using IngoDB.Model;
using IngoDB.Tests.Core;

namespace IngoDB.Tests.Wal;

public sealed class SideBySideReplayTests : EngineFixture
{
    protected override EngineOptions Options => base.Options with { MemtableBytes = 1 << 16, SealedMemtablesMax = 1_000 };

    [Theory, InlineData(1), InlineData(2)]
    public async Task Threads_make_the_memtables_that_one_would_have_made(int seed)
    {
        await WriteAsync(new Random(seed));
        var (segments, expected) = (Segments(), Entries(threads: 1));
        Assert.True(segments.Count > 4, $"{segments.Count} segments");
        Assert.InRange(expected.Sum(memtable => memtable.Entries.Count), 1_700, 2_000); // deletes of what is not there write nothing
        foreach (var threads in new[] { 2, 4, 100 })
            for (var round = 0; round < 5; round++)
                Assert.Equal(expected.Select(memtable => (memtable.Segment, string.Join('\n', memtable.Entries))), Entries(threads).Select(memtable => (memtable.Segment, string.Join('\n', memtable.Entries))));
    }

    [Fact]
    public async Task What_breaks_between_the_two_walks_is_corruption()
    {
        await WriteAsync(new Random(3));
        var segments = Segments();
        var path = $"{Folder}/{WalFormat.FileName(segments[2].Segment)}";
        Disk.Corrupt(path, segments[2].End - 40, 0x55);
        var damage = Assert.Throws<CorruptionException>(() => RecoveredMemtables.Read(Disk, Folder, segments, new(), threadsMax: 3));
        Assert.Equal(path, damage.File);
    }

    private IReadOnlyList<ReplayedSegment> Segments() => WriteAheadLog.Recover(Disk, Folder, oldestSegment: 0).Segments;

    private List<(ulong Segment, List<string> Entries)> Entries(int threads)
    {
        var read = RecoveredMemtables.Read(Disk, Folder, Segments(), new(), threads);
        Assert.True(read.Expires);
        Assert.Equal(Engine.Get(Things, new("last"))!.Version, read.Newest);
        return [.. read.Memtables.Select(memtable => (memtable.Segment, Texts(memtable.Memtable)))];
    }

    private static List<string> Texts(Engine.Memtables.Memtable memtable)
    {
        var (texts, cursor) = (new List<string>(), memtable.OpenCursor());
        while (cursor.MoveNext())
            texts.Add($"{Convert.ToHexString(cursor.Entry.Key)} {cursor.Entry.Version} {cursor.Entry.Kind} {cursor.Entry.ExpiresAt} {string.Join(',', cursor.Entry.Shape.Names.ToArray())} {Convert.ToHexString(cursor.Entry.Row)}");
        return texts;
    }

    private async Task WriteAsync(Random random)
    {
        for (var i = 0; i < 1_999; i++)
        {
            DocumentId id = new($"d{random.Next(300)}");
            await Write(random.Next(5) == 0 ? EngineWrite.Delete(Things, id) : EngineWrite.Upsert(Things, id, Document.Of(($"f{random.Next(20)}", i), ("text", new string('x', random.Next(300))), (i == 700 ? FieldNames.Expires : "none", Time.GetUtcNow().AddHours(1)))));
        }

        await Write(EngineWrite.Upsert(Things, new("last"), Document.Of(("x", 1))));
    }
}
