using IngoDB.Engine.Files;

namespace IngoDB.Tests.Files;

public sealed class Crc32CTests
{
    /// <summary>The check value of the CRC catalogue, and the vectors of RFC 3720 B.4.</summary>
    [Fact]
    public void It_is_the_crc_the_rest_of_the_world_computes()
    {
        Assert.Equal(0xE3069283u, Crc32C.Of("123456789"u8));
        Assert.Equal(0x8A9136AAu, Crc32C.Of(new byte[32]));
        Assert.Equal(0x46DD794Eu, Crc32C.Of([.. Enumerable.Range(0, 32).Select(i => (byte)i)]));
    }

    [Fact]
    public void A_seed_is_eight_bytes_in_front() =>
        Assert.Equal(Crc32C.Of([7, 0, 0, 0, 0, 0, 0, 0, .. "rest of it"u8]), Crc32C.Of(7, "rest of it"u8));
}
