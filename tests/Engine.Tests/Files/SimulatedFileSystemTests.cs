// The simulation is what every crash test trusts, so it is tested first: it loses only what it may, keeps all it
// must, and repeats itself from a seed.

using System.Text;
using IngoDB.Model;
using IngoDB.TestKit.Files;

namespace IngoDB.Tests.Files;

public sealed class SimulatedFileSystemTests
{
    private readonly SimulatedFileSystem _files = new();

    public SimulatedFileSystemTests() => _files.CreateDirectory("/db");

    [Fact]
    public void What_was_synced_survives_every_power_cut()
    {
        var file = _files.Create("/db/a");
        file.Write(0, "durable"u8);
        file.SyncData();
        _files.SyncDirectory("/db");
        file.Write(0, "CHANGED"u8);
        Assert.All(Cuts(100), cut => Assert.Contains(Text(cut, "/db/a"), (string[])["durable", "CHANGED"]));
    }

    [Fact]
    public void A_name_is_durable_only_after_its_folder_was_synced()
    {
        _files.Create("/db/a").SyncData();
        Assert.Equal([false, true], Cuts(100).Select(cut => cut.Exists("/db/a")).Distinct().Order());
        _files.SyncDirectory("/db");
        Assert.All(Cuts(100), cut => Assert.True(cut.Exists("/db/a")));
    }

    [Fact]
    public void A_write_is_torn_only_between_sectors_and_each_sector_is_old_or_new()
    {
        var file = _files.Create("/db/a");
        file.Write(0, Filled('o', 1536));
        file.SyncData();
        _files.SyncDirectory("/db");
        file.Write(100, Filled('n', 1000));
        var seen = new HashSet<string>();
        foreach (var cut in Cuts(200))
        {
            var bytes = cut.ReadAll("/db/a");
            foreach (var (from, to) in (ReadOnlySpan<(int, int)>)[(100, 512), (512, 1024), (1024, 1100)]) Assert.Single(bytes[from..to].Distinct());
            Assert.All(bytes[..100].Concat(bytes[1100..]), b => Assert.Equal((byte)'o', b));
            seen.Add($"{(char)bytes[100]}{(char)bytes[512]}{(char)bytes[1024]}");
        }

        Assert.Equal(8, seen.Count);
    }

    [Fact]
    public void A_later_write_may_survive_an_earlier_one()
    {
        var file = _files.Create("/db/a");
        file.Preallocate(2048);
        file.SyncData();
        _files.SyncDirectory("/db");
        file.Write(0, Filled('1', 10));
        file.Write(1024, Filled('2', 10));
        Assert.Contains(Cuts(100), cut => cut.ReadAll("/db/a") is [0, ..] bytes && bytes[1024] == '2');
    }

    [Fact]
    public void A_rename_happens_whole_or_not_at_all()
    {
        foreach (var (name, content) in (ReadOnlySpan<(string, string)>)[("old", "OLD"), ("new", "NEW")])
        {
            var file = _files.Create($"/db/{name}");
            file.Write(0, Encoding.ASCII.GetBytes(content));
            file.SyncData();
        }

        _files.SyncDirectory("/db");
        _files.Rename("/db/new", "/db/old");
        foreach (var cut in Cuts(100))
        {
            Assert.Equal(cut.Exists("/db/new") ? "OLD" : "NEW", Text(cut, "/db/old"));
        }
    }

    [Fact]
    public void A_killed_process_loses_nothing_and_makes_nothing_durable()
    {
        _files.Create("/db/a").Write(0, "seen"u8);
        var after = _files.ProcessCrashClone();
        Assert.Equal("seen", Text(after, "/db/a"));
        Assert.Contains(Enumerable.Range(0, 50), seed => !after.CrashClone(new Random(seed)).Exists("/db/a"));
    }

    [Fact]
    public void A_failed_sync_drops_the_pages_and_the_next_one_lies()
    {
        var file = _files.Create("/db/a");
        _files.SyncDirectory("/db");
        _files.Faults.FailNth(1, SimulatedFault.InputOutput, SimulatedOperation.SyncData);
        file.Write(0, "lost"u8);
        Assert.Equal("storage.io", Assert.Throws<StorageException>(file.SyncData).Code);
        file.SyncData();
        Assert.Equal("lost", Text(_files, "/db/a"));
        Assert.All(Cuts(50), cut => Assert.Equal("", Text(cut, "/db/a")));
    }

    [Fact]
    public void A_full_disk_takes_half_of_the_write()
    {
        var file = _files.Create("/db/a");
        _files.Faults.FailNth(2, SimulatedFault.ShortWrite, SimulatedOperation.Write, "/db/a", sticky: true);
        file.Write(0, "ok"u8);
        Assert.Equal("storage.disk_full", Assert.Throws<StorageException>(() => file.Write(2, Filled('x', 2000))).Code);
        Assert.Throws<StorageException>(() => file.Write(2, "nothing"u8));
        Assert.Equal("ok" + new string('x', 510), Text(_files, "/db/a"));
        Assert.Equal(2, _files.Faults.Struck);
    }

    [Fact]
    public void After_the_crash_there_is_no_disk()
    {
        _files.CrashAfter(_files.MutatingOperations + 2);
        var file = _files.Create("/db/a");
        Assert.Throws<SimulatedCrashException>(() => file.Write(0, "x"u8));
        Assert.Throws<SimulatedCrashException>(() => _files.Exists("/db/a"));
        Assert.Equal("", Text(_files.ProcessCrashClone(), "/db/a"));
    }

    [Fact]
    public void A_crash_frees_the_locks()
    {
        Assert.NotNull(_files.TryLock("/db/LOCK"));
        Assert.Null(_files.TryLock("/db/LOCK"));
        Assert.NotNull(_files.ProcessCrashClone().TryLock("/db/LOCK"));
    }

    [Fact]
    public void The_same_seed_is_the_same_crash()
    {
        var file = _files.Create("/db/a");
        for (var i = 0; i < 20; i++) file.Write(i * 300, Filled((char)('a' + i), 700));
        _files.SyncDirectory("/db");
        Assert.Equal(_files.CrashClone(new Random(5)).ReadAll("/db/a"), _files.CrashClone(new Random(5)).ReadAll("/db/a"));
        Assert.True(Cuts(20).Select(cut => Convert.ToHexString(cut.ReadAll("/db/a"))).Distinct().Count() > 5);
    }

    private IEnumerable<SimulatedFileSystem> Cuts(int count) => Enumerable.Range(0, count).Select(seed => _files.CrashClone(new Random(seed)));

    private static byte[] Filled(char with, int count) => [.. Enumerable.Repeat((byte)with, count)];

    private static string Text(SimulatedFileSystem files, string path) => Encoding.ASCII.GetString(files.ReadAll(path));
}
