// The format, written by hand. If this test must change, the version must change too.

using IngoDB.Engine.Wal;
using IngoDB.Model;
using IngoDB.TestKit.Files;

namespace IngoDB.Tests.Wal;

public sealed class WalFormatTests
{
    private const string Header =
        "494E474F57414C0A 0300000000000000 02000000 {crc}" + // magic, segment 3, version 2
        "1100000000000000 0200000000000000 0000000000000000" + // first lsn 17, epoch 2, no segment before
        "0000000000000000 00000000 {crc}"; // no clock ceiling yet, everything before is durable

    private const string Record =
        "{crc} 05000000 1100000000000000 6400000000000000" + // 5 bytes, lsn 17, base 100
        "000000 81 {previous}" + // everything before is durable, Batch with a clock ceiling
        "C800000000000000 68656C6C6F000000"; // ceiling 200, "hello", padding

    [Fact]
    public void A_segment_is_these_bytes()
    {
        var files = new SimulatedFileSystem();
        files.CreateDirectory("/log");
        using (var log = LogHelpers.Start(files, "/log", 3, 17, 2, new LogOptions(4096, 4096)))
            log.Append(LogRecordKind.Batch, new(100), new(200), "hello"u8);

        var bytes = files.ReadAll("/log/000000000003.log");
        Assert.Equal(4096, bytes.Length);
        var headerChecksum = Hex(bytes[60..64]);
        Assert.Equal(Bare(Header, Hex(bytes[20..24]), headerChecksum), Hex(bytes[..64]));
        Assert.Equal(Bare(Record, Hex(bytes[64..68]), headerChecksum), Hex(bytes[64..112]));
        Assert.All(bytes[112..], b => Assert.Equal(0, b));
        Assert.Equal("CBB0051B", Hex(bytes[64..68]));
    }

    [Fact]
    public void A_segment_of_a_newer_program_is_refused_by_name_and_left_alone()
    {
        var files = new SimulatedFileSystem();
        files.CreateDirectory("/log");
        using (var log = LogHelpers.Start(files, "/log", 1, 1, 1, new LogOptions(4096, 4096))) log.Append("x");
        using (var file = files.Open("/log/000000000001.log", writable: true)) file.Write(0, WithVersion(files.ReadAll("/log/000000000001.log"), 9));

        var before = files.ReadAll("/log/000000000001.log");
        var error = Assert.Throws<UnsupportedFormatException>(() => LogHelpers.Recover(files, "/log"));
        Assert.Contains("000000000001.log", error.Message);
        Assert.Contains("9", error.Message);
        Assert.Equal(before, files.ReadAll("/log/000000000001.log"));
    }

    private static byte[] WithVersion(byte[] segment, byte version)
    {
        segment[WalFormat.HeaderVersionAt] = version;
        var crc = Engine.Files.Crc32C.Of(segment.AsSpan(0, WalFormat.HeaderIdentityChecksumAt));
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32LittleEndian(segment.AsSpan(WalFormat.HeaderIdentityChecksumAt), crc);
        return segment;
    }

    private static string Bare(string drawn, string firstChecksum, string secondChecksum)
    {
        var at = drawn.IndexOf("{crc}", StringComparison.Ordinal);
        drawn = drawn[..at] + firstChecksum + drawn[(at + 5)..];
        return drawn.Replace("{crc}", secondChecksum).Replace("{previous}", secondChecksum).Replace(" ", "");
    }

    private static string Hex(byte[] bytes) => Convert.ToHexString(bytes);
}
