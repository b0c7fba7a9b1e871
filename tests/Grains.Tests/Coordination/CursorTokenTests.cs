using System.Buffers.Text;
using CsCheck;
using IngoDB.Abstractions;
using IngoDB.Engine.Querying;
using IngoDB.Model;

namespace Grains.Tests.Coordination;

public sealed class CursorTokenTests
{
    private static readonly byte[] Key = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];

    [Fact]
    public void A_token_comes_back_as_it_was()
        => Gen.Select(Gen.ULong, Gen.ULong, Gen.ULong, Gen.Long[0, long.MaxValue], Gen.String[Gen.Char['!', 'ÿ'], 1, 100]).Sample((snapshot, hash, scan, given, id) =>
        {
            var token = new CursorToken(new(snapshot), hash, scan, given, IdKeys.KeyOf(new DocumentId(id)));
            var read = CursorToken.Read(token.Write(Key), Key, hash);
            Assert.Equal((token.Snapshot, hash, scan, given, true), (read.Snapshot, read.QueryHash, read.Scan, read.Given, read.LastIdKey.Span.SequenceEqual(token.LastIdKey.Span)));
        });

    [Fact]
    public void The_longest_id_still_fits_in_512_characters()
        => Assert.InRange(new CursorToken(DocumentVersion.Max, ulong.MaxValue, ulong.MaxValue, long.MaxValue, IdKeys.KeyOf(new DocumentId(new string('x', DocumentId.StringBytesMax)))).Write(Key).Length, 300, CursorToken.LengthMax);

    [Fact]
    public void A_token_with_any_bit_changed_is_refused()
    {
        var text = Token().Write(Key);
        var bytes = Base64Url.DecodeFromChars(text);
        for (var bit = 0; bit < bytes.Length * 8; bit++)
        {
            var changed = (byte[])bytes.Clone();
            changed[bit / 8] ^= (byte)(1 << (bit % 8));
            Refused(Base64Url.EncodeToString(changed));
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("AQ")]
    [InlineData("not base64 !")]
    public void What_is_not_a_token_is_refused(string text) => Refused(text);

    [Fact]
    public void An_oversized_token_is_refused_before_it_is_decoded() => Refused(new string('A', 1 << 20));

    [Fact]
    public void A_token_of_another_query_or_another_cluster_is_refused()
    {
        Assert.Contains("another query", Assert.Throws<InvalidRequestException>(() => CursorToken.Read(Token().Write(Key), Key, 8)).Message, StringComparison.Ordinal);
        Refused(Token().Write([.. Key.Reverse()]));
    }

    private static CursorToken Token() => new(new(99), 7, 3, 10, IdKeys.KeyOf(new DocumentId("AUS")));

    private static void Refused(string text)
    {
        var error = Assert.Throws<InvalidRequestException>(() => CursorToken.Read(text, Key, 7));
        Assert.Equal(("cursor.invalid", "/cursor"), (error.Code, error.Pointer));
    }
}
