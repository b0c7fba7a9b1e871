// The format, written by hand. If this test must change, the version must change too.

using IngoDB.Engine.Manifests;
using IngoDB.TestKit.Files;

namespace IngoDB.Tests.Manifests;

public sealed class ManifestFormatTests
{
    private const string Header =
        "494E474F4D414E49 0100000000000000 03000000 AAAAAAAA" + // magic, number 1, version 3, checksum
        "0100000000000000 AAAAAAAA 00000000"; // edit 1 is synced, checksum

    private const string Begin =
        "AAAAAAAA 33000000 0000000000000000 01 00000000000000" + // 51 bytes, sequence 0, State
        "08 0000000000000000 09 0000000000000000 0A 0000000000000000" + // oldest segment, ceiling, watermark
        "0B 0100000000000000 0C 00000000 0D 01000000 0E 01000000 0000000000"; // next file, W, next index, next collection, padding

    private const string Edit =
        "AAAAAAAA 0E000000 0100000000000000 02 00000000000000" + // 14 bytes, sequence 1, Edit
        "06 01000000 05000000 7573657273 0000"; // collection 1 is "users", padding

    [Fact]
    public void A_manifest_is_these_bytes()
    {
        var files = new SimulatedFileSystem();
        files.CreateDirectory("/db");
        using (var log = ManifestLog.Open(files, "/db")) log.Append(Edits.DefineUsers);

        var actual = Convert.ToHexString(files.ReadAll("/db/MANIFEST-000001"));
        var expected = (Header + Begin + Edit).Replace(" ", "");
        Assert.Equal(expected.Length, actual.Length);
        for (var i = 0; i < expected.Length; i++) Assert.True(expected[i] == 'A' && IsChecksum(i) || expected[i] == actual[i], $"at {i / 2}: {actual[i..]}");

        bool IsChecksum(int at) => expected.AsSpan(Math.Max(0, at - 7), Math.Min(15, expected.Length - Math.Max(0, at - 7))).Contains("AAAAAAAA", StringComparison.Ordinal);
    }

    [Fact]
    public void Current_is_this_line()
    {
        var files = new SimulatedFileSystem();
        files.CreateDirectory("/db");
        ManifestLog.Open(files, "/db").Dispose();
        var name = "MANIFEST-000001"u8;
        Assert.Equal($"MANIFEST-000001 {Engine.Files.Crc32C.Of(name):x8}\n", System.Text.Encoding.ASCII.GetString(files.ReadAll("/db/CURRENT")));
    }
}
