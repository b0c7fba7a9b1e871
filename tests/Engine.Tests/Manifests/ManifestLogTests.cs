// What exists, after whatever happened: restarts, power cuts at every operation, flipped bytes, failing calls, and
// folders somebody deleted files from.

using IngoDB.Engine.Manifests;
using IngoDB.Model;
using IngoDB.TestKit.Files;
using static IngoDB.Tests.Manifests.Edits;

namespace IngoDB.Tests.Manifests;

public sealed class ManifestLogTests
{
    private const string Folder = "/db";
    private readonly SimulatedFileSystem _files = NewFolder();

    [Fact]
    public void A_new_folder_is_an_empty_database()
    {
        using var log = ManifestLog.Open(_files, Folder);
        Assert.Equal(Text(new ManifestState()), Text(log.State));
        Assert.Equal(["CURRENT", "MANIFEST-000001"], _files.ListFiles(Folder));
    }

    [Fact]
    public void Every_edit_is_there_after_every_restart()
    {
        for (var i = 0; i < Life.Length; i++)
        {
            using (var log = ManifestLog.Open(_files, Folder)) log.Append(Life[i]);
            using var again = ManifestLog.Open(_files, Folder);
            Assert.Equal(Text(After(i + 1)), Text(again.State));
            Assert.Equal(2, _files.ListFiles(Folder).Count);
        }
    }

    [Fact]
    public void A_long_life_is_written_anew_before_it_grows_without_bound()
    {
        using var log = ManifestLog.Open(_files, Folder);
        log.Append(DefineUsers);
        for (ulong i = 1; i < 3000; i++) log.Append(new() { TablesAdded = [Table(i)], TablesRemoved = i > 1 ? [new(i - 1)] : [] });
        Assert.True(_files.ReadAll($"{Folder}/{_files.ListFiles(Folder)[1]}").Length <= 70_000);
        Assert.Equal(2, _files.ListFiles(Folder).Count);
        Assert.Equal(Text(log.State), Text(ManifestLog.Inspect(_files, Folder)!));
    }

    [Fact]
    public void A_power_cut_at_any_moment_leaves_the_state_before_or_after_an_edit()
    {
        for (var crashAt = 1; ; crashAt++)
        {
            var files = NewFolder();
            files.CrashAfter(files.MutatingOperations + crashAt);
            var (acknowledged, crashed) = Live(files);
            for (var seed = 0; seed < 20; seed++)
            {
                using var log = ManifestLog.Open(files.CrashClone(new Random(seed)), Folder);
                Assert.Contains(Text(log.State), (string[])[Text(After(acknowledged)), Text(After(Math.Min(acknowledged + 1, Life.Length)))]);
            }

            if (!crashed) break;
        }
    }

    [Fact]
    public void Whatever_call_fails_no_acknowledged_edit_is_lost_and_no_later_one_is_taken()
    {
        foreach (var fault in Enum.GetValues<SimulatedFault>())
        {
            for (var nth = 1; ; nth++)
            {
                var files = NewFolder();
                files.Faults.FailNth(nth, fault);
                var (acknowledged, _) = Live(files);
                if (files.Faults.Struck == 0) break;
                files.Faults.Clear();
                using var log = ManifestLog.Open(files.CrashClone(new Random(nth)), Folder);
                Assert.Contains(Text(log.State), (string[])[Text(After(acknowledged)), Text(After(Math.Min(acknowledged + 1, Life.Length)))]);
            }
        }
    }

    [Fact]
    public void Every_flipped_byte_is_noticed()
    {
        Live(_files);
        foreach (var name in _files.ListFiles(Folder))
        {
            var length = _files.ReadAll($"{Folder}/{name}").Length;
            for (var at = 0; at < length; at++)
            {
                _files.Corrupt($"{Folder}/{name}", at, 0x21);
                var error = Assert.ThrowsAny<IngoDBException>(() => ManifestLog.Inspect(_files, Folder));
                Assert.Contains(Folder, Assert.IsType<CorruptionException>(error).File);
                _files.Corrupt($"{Folder}/{name}", at, 0x21);
            }
        }

        Assert.Equal(Text(After(Life.Length)), Text(ManifestLog.Inspect(_files, Folder)!));
    }

    [Fact]
    public void A_manifest_of_a_newer_program_is_refused_and_left_alone()
    {
        Live(_files);
        var path = $"{Folder}/MANIFEST-000001";
        var bytes = _files.ReadAll(path);
        bytes[ManifestFormat.HeaderVersionAt] = ManifestFormat.Version + 1;
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(ManifestFormat.HeaderChecksumAt), Engine.Files.Crc32C.Of(bytes.AsSpan(0, ManifestFormat.HeaderChecksumAt)));
        using (var file = _files.Open(path, writable: true)) file.Write(0, bytes);

        var error = Assert.Throws<UnsupportedFormatException>(() => ManifestLog.Open(_files, Folder));
        Assert.Contains("MANIFEST-000001", error.Message);
        Assert.Equal(bytes, _files.ReadAll(path));
    }

    [Fact]
    public void A_manifest_of_the_oldest_version_is_read_and_written_anew()
    {
        using (var log = ManifestLog.Open(_files, Folder)) log.Append(DefineUsers);
        var path = $"{Folder}/MANIFEST-000001";
        var bytes = _files.ReadAll(path);
        bytes[ManifestFormat.HeaderVersionAt] = ManifestFormat.OldestVersion;
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(ManifestFormat.HeaderChecksumAt), Engine.Files.Crc32C.Of(bytes.AsSpan(0, ManifestFormat.HeaderChecksumAt)));
        using (var file = _files.Open(path, writable: true)) file.Write(0, bytes);

        using (var log = ManifestLog.Open(_files, Folder)) Assert.Equal(CollectionOptions.Default, log.State.Collections[Users].Options);
        Assert.Equal(ManifestFormat.Version, _files.ReadAll($"{Folder}/MANIFEST-000002")[ManifestFormat.HeaderVersionAt]);
    }

    [Theory]
    [InlineData("000000000001.sst")]
    [InlineData("000000000001.000001.idx")]
    [InlineData("000000000001.log")]
    public void Data_without_a_manifest_is_corruption_and_never_an_empty_database(string data)
    {
        _files.Create($"{Folder}/{data}").Dispose();
        Assert.Contains("CURRENT", Assert.Throws<CorruptionException>(() => ManifestLog.Open(_files, Folder)).File);
        Assert.Equal([data], _files.ListFiles(Folder));
    }

    [Fact]
    public void A_manifest_that_is_gone_is_corruption()
    {
        Live(_files);
        _files.Delete($"{Folder}/MANIFEST-000001");
        Assert.Contains("MANIFEST-000001", Assert.Throws<CorruptionException>(() => ManifestLog.Open(_files, Folder)).File);
    }

    /// <summary>Opens and appends the whole life, as far as it goes.</summary>
    private static (int Acknowledged, bool Stopped) Live(SimulatedFileSystem files)
    {
        var acknowledged = 0;
        ManifestLog? log = null;
        try
        {
            log = ManifestLog.Open(files, Folder);
            foreach (var edit in Life)
            {
                log.Append(edit);
                acknowledged++;
            }

            return (acknowledged, false);
        }
        catch (SimulatedCrashException)
        {
            return (acknowledged, true);
        }
        catch (StorageException cause)
        {
            if (log is not null) Assert.Same(cause, Assert.Throws<UnavailableException>(() => log.Append(new())).InnerException);
            return (acknowledged, true);
        }
        finally
        {
            log?.Dispose();
        }
    }

    private static SimulatedFileSystem NewFolder()
    {
        var files = new SimulatedFileSystem();
        files.CreateDirectory(Folder);
        return files;
    }
}
