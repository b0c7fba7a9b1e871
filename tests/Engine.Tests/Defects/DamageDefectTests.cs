// What the original did with damage and with failures in the background (rows 29, 51, 52, 57 and 58): it served around
// them, retried them in a tight loop, or dropped them with `let _ =`. Here damage is named by file and offset, fails what
// needs the damaged bytes and nothing else, and every failure is told.

using IngoDB.Engine;
using IngoDB.Engine.Entries;
using IngoDB.Engine.Events;
using IngoDB.Engine.Sstables;
using IngoDB.Model;
using IngoDB.TestKit.Files;
using IngoDB.Tests.Core;

namespace IngoDB.Tests.Defects;

public sealed class DamageDefectTests : EngineFixture
{
    private readonly List<BackgroundFailed> _failures = [];

    protected override EngineOptions Options => base.Options with { BlockBytes = 512, Learning = LearningMode.Off, ScalingParameter = 0 };

    [Fact, Trait("Defect", "29")]
    public async Task A_merge_that_meets_damage_tells_it_once_and_does_not_try_again()
    {
        await PutAndFlushAsync(100);
        await PutAndFlushAsync(100);
        var damaged = TableFiles[0];
        Disk.Corrupt($"{Folder}/{damaged}", 1500, 0x20);
        await ReopenAndListenAsync();

        await Engine.CompactAsync();
        await Engine.CompactAsync();

        var failure = Assert.Single(_failures);
        Assert.EndsWith(damaged, Assert.IsType<CorruptionException>(failure.Error).File, StringComparison.Ordinal);
        Assert.Contains(damaged, Engine.Status.LastBackgroundError, StringComparison.Ordinal);
        Assert.Equal(2, TableFiles.Count);
    }

    [Fact, Trait("Defect", "51")]
    public async Task No_flipped_byte_of_a_table_hides_or_changes_a_document()
    {
        await PutAndFlushAsync(12);
        await Engine.DisposeAsync();
        var table = $"{Folder}/{TableFiles.Single()}";
        var length = Disk.ReadAll(table).Length;
        for (var at = 0; at < length; at++)
        {
            Disk.Corrupt(table, at, 0x04);
            var error = await Record.ExceptionAsync(async () =>
            {
                await Open();
                for (var i = 0; i < 12; i++) Assert.Equal(i, ValueOf($"k{i:D3}"));
                Assert.Equal(12, Scan().Count);
            });
            Assert.IsType<CorruptionException>(error);
            await Engine.DisposeAsync();
            Disk.Corrupt(table, at, 0x04);
        }

        await Open();
    }

    [Fact, Trait("Defect", "52")]
    public void Of_a_hundred_absent_keys_the_filter_lets_about_one_through()
    {
        var present = Enumerable.Range(0, 20_000).Select(i => EntryKey.Hash(EntryKey.Of(new(1), new($"present{i}")))).ToArray();
        var filter = new BloomFilter("test", 0, BloomFilter.Build(present, new SstableOptions().FilterBitsPerKey));
        Assert.All(present, hash => Assert.True(filter.MayContain(hash)));
        var passed = Enumerable.Range(0, 20_000).Count(i => filter.MayContain(EntryKey.Hash(EntryKey.Of(new(1), new($"absent{i}")))));
        Assert.InRange(passed, 20, 400);
    }

    [Fact, Trait("Defect", "57")]
    public async Task A_damaged_block_fails_the_reads_that_need_it_and_no_others()
    {
        await PutAndFlushAsync(200);
        Disk.Corrupt($"{Folder}/{TableFiles.Single()}", 40, 0x20);
        await ReopenAndListenAsync();

        Assert.Throws<CorruptionException>(() => ValueOf("k000"));
        Assert.Throws<CorruptionException>(() => Scan());
        Assert.Equal(199, ValueOf("k199"));
        Assert.Single(Scan(Filter.Eq("_id", "k150")));
    }

    [Fact, Trait("Defect", "57")]
    public async Task An_index_is_not_built_over_a_damaged_block_and_answers_stay_whole()
    {
        await PutAndFlushAsync(200);
        Disk.Corrupt($"{Folder}/{TableFiles.Single()}", 40, 0x20);
        await ReopenAndListenAsync();
        Engine.DefineIndex(Things, "value", "test");

        await Engine.BuildIndexesAsync();

        Assert.IsType<CorruptionException>(Assert.Single(_failures).Error);
        Assert.False(Assert.Single(Engine.Indexes).IsReady);
        Assert.Throws<CorruptionException>(() => Scan(Filter.Gte("value", 0)));
    }

    [Theory, Trait("Defect", "58")]
    [InlineData("flush", ".sst")]
    [InlineData("index build", ".idx")]
    public async Task A_failure_in_the_background_is_told_and_shown_and_nothing_is_lost(string act, string file)
    {
        await PutAndFlushAsync(50);
        await Engine.DisposeAsync();
        var told = new TaskCompletionSource<BackgroundFailed>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var working = await StorageEngine.OpenAsync(Folder, Options with { Time = TimeProvider.System, BackgroundWork = true, MemtableBytes = act == "flush" ? 4096 : 1 << 20 });
        working.Events.Raised += e => { if (e is BackgroundFailed failed) told.TrySetResult(failed); };
        Disk.Faults.FailNth(1, SimulatedFault.DiskFull, SimulatedOperation.Write, file);

        if (act == "index build") working.DefineIndex(Things, "value", "test");
        for (var i = 0; i < 200; i++) await working.WriteAsync([Upsert($"k{i % 50:D3}", i)]);

        var failure = await told.Task.WaitAsync(TimeSpan.FromSeconds(60));
        Assert.Equal("storage.disk_full", Assert.IsType<StorageException>(failure.Error).Code);
        Assert.NotNull(working.Status.LastBackgroundError);
        await working.SettleAsync();
        Assert.Equal(199, working.Get(Things, new("k049"))!["value"].AsInt64());
    }

    [Fact, Trait("Defect", "58")]
    public async Task A_merge_that_fails_says_so_to_its_caller_and_leaves_the_tables()
    {
        await PutAndFlushAsync(50);
        await PutAndFlushAsync(50);
        var before = TableFiles;
        Disk.Faults.FailNth(1, SimulatedFault.DiskFull, SimulatedOperation.Write, ".sst");
        await Assert.ThrowsAsync<StorageException>(() => Engine.CompactAsync(everything: true));
        Assert.Equal(before, TableFiles);
        Assert.Equal(49, ValueOf("k049"));
    }

    private IReadOnlyList<string> TableFiles => [.. Disk.ListFiles(Folder).Where(name => name.EndsWith(".sst", StringComparison.Ordinal))];

    private async Task ReopenAndListenAsync()
    {
        await Reopen();
        Engine.Events.Raised += e => { if (e is BackgroundFailed failed) _failures.Add(failed); };
    }

    private async Task PutAndFlushAsync(int count)
    {
        await PutAsync(count);
        await Engine.FlushAsync();
    }

    private async Task PutAsync(int count) => await Engine.WriteAsync([.. Enumerable.Range(0, count).Select(i => Upsert($"k{i:D3}", i))]);

    private EngineWrite Upsert(string id, long value) => EngineWrite.Upsert(Things, new(id), Document.Of(("value", value), ("text", new string((char)('a' + value % 26), 40))));

    private long? ValueOf(string id) => Engine.Get(Things, new(id))?["value"].AsInt64();
}
