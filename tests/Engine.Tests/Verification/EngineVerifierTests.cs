// A verifier is worth what it finds. So: a folder with tables, indexes (one over array elements) and a log is called
// sound and counted exactly; then one bit is flipped at many places of every table, index and manifest, one place at a
// time, and each must be found in the file where it is.

using IngoDB.Engine;
using IngoDB.Engine.Entries;
using IngoDB.Engine.Files;
using IngoDB.Engine.Verification;
using IngoDB.Model;
using IngoDB.TestKit.Files;

namespace IngoDB.Tests.Verification;

public sealed class EngineVerifierTests : IDisposable
{
    private const int Documents = 600;
    private const int FlipsPerFile = 60;

    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_sound_folder_is_counted_exactly()
    {
        await FillAsync();
        var report = EngineVerifier.Verify(_folder.Path, cancellationToken: Token);
        Assert.True(report.IsSound, string.Join('\n', report.Findings));
        Assert.Equal((1, 3), (report.Tables, report.Indexes));
        Assert.Equal(Documents, report.Rows);
        Assert.Equal((2 * Documents) + (2 * Documents), report.IndexEntries); // n, text+n: one a document; tags[]: two distinct elements each
        Assert.True(report.LogRecords > 0);
        Assert.Null(report.TornTail);
    }

    [Fact]
    public async Task Every_flipped_bit_of_a_table_an_index_or_the_manifest_is_found_in_its_file()
    {
        await FillAsync();
        foreach (var path in Directory.EnumerateFiles(_folder.Path).Where(path => Path.GetExtension(path) is ".sst" or ".idx" || Path.GetFileName(path).StartsWith("MANIFEST", StringComparison.Ordinal)))
        {
            var bytes = await File.ReadAllBytesAsync(path, Token);
            for (var flip = 0; flip < FlipsPerFile; flip++)
            {
                var at = (int)((long)bytes.Length * flip / FlipsPerFile);
                bytes[at] ^= 0x04;
                await File.WriteAllBytesAsync(path, bytes, Token);
                var finding = FirstFinding();
                Assert.True(finding is not null, $"{Path.GetFileName(path)}: the bit at {at} was not missed by anybody");
                Assert.Equal(Path.GetFileName(path), Path.GetFileName(finding));
                bytes[at] ^= 0x04;
            }

            await File.WriteAllBytesAsync(path, bytes, Token);
        }

        Assert.True(EngineVerifier.Verify(_folder.Path, cancellationToken: Token).IsSound);
    }

    [Fact]
    public async Task Damage_of_one_table_does_not_hide_that_of_another()
    {
        await FillAsync();
        await FillAsync(from: Documents);
        var tables = Directory.EnumerateFiles(_folder.Path, "*.sst").Order(StringComparer.Ordinal).ToList();
        Assert.True(tables.Count > 1);
        foreach (var path in tables)
        {
            var bytes = await File.ReadAllBytesAsync(path, Token);
            bytes[50] ^= 1;
            await File.WriteAllBytesAsync(path, bytes, Token);
        }

        Assert.Equal(tables, EngineVerifier.Verify(_folder.Path, cancellationToken: Token).Findings.Select(finding => finding.File).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_missing_table_and_one_that_nobody_names_are_told_apart()
    {
        await FillAsync();
        var table = Directory.EnumerateFiles(_folder.Path, "*.sst").Single();
        File.Move(table, Path.Combine(_folder.Path, "000000000999.sst"));
        var report = EngineVerifier.Verify(_folder.Path, cancellationToken: Token);
        Assert.Equal(Path.GetFileName(table), Path.GetFileName(Assert.Single(report.Findings).File));
        Assert.Equal(["000000000999.sst"], report.StrayFiles);
    }

    [Fact]
    public async Task A_folder_in_use_is_not_verified()
    {
        await using var engine = await OpenAsync();
        Assert.Equal("engine.locked", Assert.Throws<UnavailableException>(() => EngineVerifier.Verify(_folder.Path, cancellationToken: Token)).Code);
    }

    /// <summary>An unknown format version is refused rather than called damage; it names the file all the same.</summary>
    private string? FirstFinding()
    {
        try
        {
            return EngineVerifier.Verify(_folder.Path, cancellationToken: Token).Findings is [var first, ..] ? first.File : null;
        }
        catch (UnsupportedFormatException unknown)
        {
            return unknown.File;
        }
    }

    private async Task FillAsync(int from = 0)
    {
        await using var engine = await OpenAsync();
        var things = engine.Collection("things");
        engine.DefineIndex(things, "n", "test");
        engine.DefineIndex(things, "tags[]", "test");
        engine.DefineIndex(things, IndexFields.Of("text", "n"), "test");
        await engine.WriteAsync([.. Enumerable.Range(from, Documents).Select(n => EngineWrite.Upsert(things, new DocumentId($"{n:D6}"), Thing(n)))], cancellationToken: Token);
        await engine.FlushAsync(Token);
        await engine.BuildIndexesAsync(Token);
        await engine.WriteAsync([EngineWrite.Upsert(things, new DocumentId("in the log"), Thing(from))], cancellationToken: Token);
    }

    private Task<StorageEngine> OpenAsync() => StorageEngine.OpenAsync(_folder.Path, new EngineOptions { Files = LocalFileSystem.Instance, BackgroundWork = false }, Token);

    private static Document Thing(int n) => Document.Of(("n", n), ("text", $"thing number {n}"), ("tags", Value.From($"a{n % 7}", $"b{n % 11}", $"a{n % 7}")));
}
