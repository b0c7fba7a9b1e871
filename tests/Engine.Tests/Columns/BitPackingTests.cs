// However wide a code is and however many there are, what was packed comes back: by shifts, and by depositing bits where the
// processor can.
using CsCheck;
using IngoDB.Engine.Columns;

namespace IngoDB.Tests.Columns;

public sealed class BitPackingTests
{
    [Fact]
    public void Codes_of_every_width_come_back_in_every_way() =>
        Gen.Select(Gen.Int[1, 32], Gen.Int[0, 300], Gen.Int[1, 200]).SelectMany((bits, count, chunk) => Gen.UInt.Array[count].Select(codes => (bits, chunk, codes))).Sample((bits, chunk, codes) =>
        {
            for (var i = 0; i < codes.Length; i++) codes[i] >>= 32 - bits;
            var packed = Pack(codes, bits, chunk);
            foreach (var deposit in new[] { true, false })
            {
                Assert.Equal(codes, Unpack<uint>(packed, bits, codes.Length, deposit));
                if (bits <= 16) Assert.Equal(codes, Unpack<ushort>(packed, bits, codes.Length, deposit).Select(code => (uint)code));
                if (bits <= 8) Assert.Equal(codes, Unpack<byte>(packed, bits, codes.Length, deposit).Select(code => (uint)code));
            }
        });

    [Fact]
    public void Three_bits_lie_as_they_are_drawn() => Assert.Equal([0b10_001_101, 0b1], Pack([5, 1, 6], 3, 10));

    [Theory]
    [InlineData(1, 0)]
    [InlineData(2, 1)]
    [InlineData(3, 2)]
    [InlineData(256, 8)]
    [InlineData(257, 9)]
    [InlineData(uint.MaxValue, 32)]
    public void A_code_takes_as_many_bits_as_the_greatest_needs(uint count, int bits) => Assert.Equal(bits, BitPacking.BitsFor(count));

    private static byte[] Pack(uint[] codes, int bits, int chunk)
    {
        var packed = new byte[BitPacking.BytesFor(codes.Length, bits)];
        var packer = new BitPacker(packed, bits);
        foreach (var part in codes.Chunk(chunk)) packer.Add(part);
        packer.Finish();
        return packed;
    }

    private static TCode[] Unpack<TCode>(byte[] packed, int bits, int count, bool deposit)
        where TCode : unmanaged, System.Numerics.IBinaryInteger<TCode>
    {
        var codes = new TCode[count];
        BitPacking.Unpack(packed, bits, codes.AsSpan(), deposit);
        return codes;
    }
}
