// The ways in which the original lost or destroyed documents through its tables, index files and their names, each as
// the right behaviour. Those of the log are in LogDefectTests; two processes on one folder in KillTests.

using IngoDB.Engine;
using IngoDB.Model;
using IngoDB.TestKit;
using IngoDB.TestKit.Files;

namespace IngoDB.Tests.Crash;

public sealed class FileDefectTests : DefectFixture
{
    [Fact, Trait("Defect", "9")]
    public async Task A_damaged_table_is_named_and_never_left_out()
    {
        for (var i = 0; i < 20; i++) await Put($"k{i}", i);
        await Engine.FlushAsync();
        await Engine.DisposeAsync();
        var table = Disk.ListFiles(Folder).Single(name => name.EndsWith(".sst", StringComparison.Ordinal));
        var length = Disk.ReadAll($"{Folder}/{table}").Length;
        for (var at = 0; at < length; at += 3)
        {
            Disk.Corrupt($"{Folder}/{table}", at, 0x10);
            var error = await Record.ExceptionAsync(ReadAllAsync);
            Assert.EndsWith(table, Assert.IsType<CorruptionException>(error).File);
            Disk.Corrupt($"{Folder}/{table}", at, 0x10);
        }

        await Open();

        async Task ReadAllAsync()
        {
            await using var engine = await StorageEngine.OpenAsync(Folder, Options);
            using var all = engine.Scan(new(engine.FindCollection("things")!.Value));
            for (var i = 0; i < 20; i++) Assert.Equal(i, engine.Get(Things, new($"k{i}"))!["value"].AsInt64());
            Assert.Equal(20, all.ToList().Count);
        }
    }

    [Fact, Trait("Defect", "10")]
    public async Task A_crash_in_a_compaction_brings_no_deleted_document_back()
    {
        await Put("deleted", 1);
        await Put("kept", 2);
        await Engine.FlushAsync();
        await Write(EngineWrite.Delete(Things, new("deleted")));
        await Engine.FlushAsync();
        var start = Disk;
        for (var operations = 1; ; operations++)
        {
            Disk = start.ProcessCrashClone();
            await Open();
            Disk.CrashAfter(Disk.MutatingOperations + operations);
            var crashed = await Record.ExceptionAsync(() => Engine.CompactAsync(everything: true)) is not null;
            await CrashAndOpen(operations);
            Assert.Equal((null, 2), (ValueOf("deleted"), ValueOf("kept")));
            if (!crashed) break;
        }
    }

    [Fact, Trait("Defect", "11")]
    public async Task An_index_file_is_never_taken_for_a_table()
    {
        for (var i = 0; i < 20; i++) await Put($"k{i}", i);
        await Engine.FlushAsync();
        Engine.DefineIndex(Things, "value", "test");
        await Engine.BuildIndexesAsync();
        Assert.Contains(Disk.ListFiles(Folder), name => name.EndsWith(".idx", StringComparison.Ordinal));
        for (var restart = 0; restart < 3; restart++)
        {
            await Reopen();
            Assert.All(Scan(), document => Assert.Equal(2, document.Fields.Count));
            Assert.Equal(20, Scan().Count);
            await Put("new", 100);
            await Engine.FlushAsync();
            await Engine.CompactAsync(everything: true);
            await Write(EngineWrite.Delete(Things, new("new")));
        }

        IndexAgreesWithPrimaryChecker.Check(Engine, Things, "value");
    }

    [Fact, Trait("Defect", "12")]
    public async Task An_atomic_batch_is_there_whole_or_not_at_all()
    {
        var start = Disk;
        for (var seed = 0; seed < 60; seed++)
        {
            Disk = start.ProcessCrashClone();
            await Open();
            Disk.CrashAfter(Disk.MutatingOperations + 1 + (seed % 3));
            var batch = Enumerable.Range(0, 10).Select(i => Upsert($"k{i}", i, padding: 300)).ToArray();
            var acknowledged = await Record.ExceptionAsync(async () => await Engine.WriteAsync(batch, atomic: true)) is null;
            await CrashAndOpen(seed);
            Assert.Contains(Scan().Count, acknowledged ? [10] : (int[])[0, 10]);
        }
    }

    [Fact, Trait("Defect", "13")]
    public async Task A_file_number_is_never_given_twice()
    {
        var seen = new HashSet<string>();
        var before = new HashSet<string>();
        Engine.DefineIndex(Things, "value", "test");
        for (var i = 0; i < 12; i++)
        {
            await Put($"k{i}", i);
            await Engine.FlushAsync();
            await Engine.BuildIndexesAsync();
            if (i % 3 == 2) await Engine.CompactAsync(everything: true);
            if (i % 2 == 1) await CrashAndOpen(i);
            var now = Disk.ListFiles(Folder).Where(name => name.EndsWith(".sst", StringComparison.Ordinal) || name.EndsWith(".idx", StringComparison.Ordinal)).ToHashSet();
            Assert.DoesNotContain(now.Except(before), seen.Contains);
            seen.UnionWith(now);
            before = now;
        }

        Assert.True(seen.Count > 20);
    }

    [Fact, Trait("Defect", "15")]
    public async Task A_failed_index_build_loses_no_entry_and_is_built_again()
    {
        for (var i = 0; i < 20; i++) await Put($"k{i}", i);
        await Engine.FlushAsync();
        Engine.DefineIndex(Things, "value", "test");
        Disk.Faults.FailNth(1, SimulatedFault.InputOutput, SimulatedOperation.Write, ".idx");
        await Assert.ThrowsAsync<StorageException>(() => Engine.BuildIndexesAsync());
        IndexAgreesWithPrimaryChecker.Check(Engine, Things, "value");
        await Engine.BuildIndexesAsync();
        IndexAgreesWithPrimaryChecker.Check(Engine, Things, "value");
        Assert.True(Assert.Single(Engine.Indexes).IsReady);
    }
}
