// A table that Finish has returned is on the platter, name and bytes; one that it has not is nowhere. What lies between is
// the manifest's business: it names only finished tables.
using IngoDB.Engine.Sstables;
using IngoDB.Model;
using IngoDB.TestKit.Files;
using IngoDB.Tests.Cursors;

namespace IngoDB.Tests.Sstables;

public sealed class SstableDurabilityTests
{
    private const string Folder = "/tables";

    private static readonly List<TestEntry> Rows = TestEntries.Sorted(Enumerable.Range(0, 400).Select(i => TestEntries.Of(i, (ulong)i + 1, rowBytes: 100)));

    [Fact]
    public void A_finished_table_survives_every_power_cut()
    {
        var files = NewDisk();
        var info = Write(files);
        for (var seed = 0; seed < 100; seed++)
        {
            var found = files.CrashClone(new Random(seed));
            using var table = Sstable.Open(found, Folder, info, new(), new(1 << 20));
            using var cursor = table.OpenCursor(new());
            Assert.Equal(Rows.Texts(), cursor.ReadAll());
        }
    }

    [Fact]
    public void A_disk_that_refuses_any_step_gets_its_space_back_and_the_caller_an_error()
    {
        var whole = NewDisk();
        Write(whole);
        var before = NewDisk().MutatingOperations;
        for (var step = 1L; step <= whole.MutatingOperations - before; step++)
        {
            foreach (var fault in Enum.GetValues<SimulatedFault>())
            {
                var files = NewDisk();
                files.Faults.FailNth(step, fault);
                Assert.Throws<StorageException>(() => Write(files));
                Assert.Empty(files.ListFiles(Folder));
            }
        }
    }

    [Fact]
    public void The_file_is_synced_before_its_name_is()
    {
        var files = NewDisk();
        files.Faults.FailNth(1, SimulatedFault.InputOutput, SimulatedOperation.SyncDirectory);
        Assert.Throws<StorageException>(() => Write(files, dispose: false));
        var bytes = files.ReadAll($"{Folder}/{TableInfo.FileNameOf(new(7))}");
        for (var seed = 0; seed < 50; seed++)
        {
            // The name may be lost; a file that has kept it has all of its bytes.
            var found = files.CrashClone(new Random(seed));
            foreach (var name in found.ListFiles(Folder)) Assert.Equal(bytes, found.ReadAll($"{Folder}/{name}"));
        }
    }

    private static SimulatedFileSystem NewDisk()
    {
        var files = new SimulatedFileSystem();
        files.CreateDirectory(Folder);
        return files;
    }

    private static TableInfo Write(SimulatedFileSystem files, bool dispose = true)
    {
        var writer = new SstableWriter(files, Folder, new(7), new(Columns: false));
        try
        {
            using var cursor = new ListCursor(Rows);
            while (cursor.MoveNext()) writer.Add(cursor.Entry);
            return writer.Finish();
        }
        finally
        {
            if (dispose) writer.Dispose();
        }
    }
}
