// The ids of a GetRequest: keys (DocumentId.WriteKey) one after the other, each behind its length as a varint. They
// come from outside, so every length is checked before it is believed.

using System.Text;
using System.Text.Unicode;
using IngoDB.Model;

namespace IngoDB.Abstractions;

/// <summary>Reads and writes lists of id keys.</summary>
public static class IdKeys
{
    private const int ContinuationBit = 0x80;

    /// <exception cref="InvalidRequestException"><c>get.bad_ids</c>.</exception>
    public static IReadOnlyList<ReadOnlyMemory<byte>> Read(ReadOnlyMemory<byte> source)
    {
        var keys = new List<ReadOnlyMemory<byte>>();
        while (!source.IsEmpty)
        {
            var head = source.Span;
            var width = (head[0] & ContinuationBit) == 0 ? 1 : 2;
            if (head.Length < width) throw Bad();
            var length = width == 1 ? head[0] : (head[0] & ~ContinuationBit) | (head[1] << 7);
            if (length > source.Length - width || !IsKey(head.Slice(width, length))) throw Bad();
            keys.Add(source.Slice(width, length));
            source = source[(width + length)..];
        }

        return keys;
    }

    public static byte[] Write(IReadOnlyList<ReadOnlyMemory<byte>> keys)
    {
        var target = new byte[keys.Sum(key => (key.Length < ContinuationBit ? 1 : 2) + key.Length)];
        var used = 0;
        foreach (var key in keys)
        {
            if (key.Length >= ContinuationBit) target[used++] = (byte)(key.Length | ContinuationBit);
            target[used++] = (byte)(key.Length >= ContinuationBit ? key.Length >> 7 : key.Length);
            key.CopyTo(target.AsMemory(used));
            used += key.Length;
        }

        return target;
    }

    public static byte[] Write(params IReadOnlyList<DocumentId> ids) => Write([.. ids.Select(KeyOf)]);

    public static ReadOnlyMemory<byte> KeyOf(DocumentId id)
    {
        var key = new byte[DocumentId.KeyBytesMax];
        return key.AsMemory(0, id.WriteKey(key));
    }

    /// <summary>The bytes are the key of a document id.</summary>
    public static bool IsKey(ReadOnlySpan<byte> key) => key.Length > 1 && (ValueKind)key[0] switch
    {
        ValueKind.Uuid => key.Length == 17,
        ValueKind.String => key.Length <= DocumentId.KeyBytesMax && Utf8.IsValid(key[1..]),
        _ => false,
    };

    private static InvalidRequestException Bad() => new("get.bad_ids", "The bytes are not a list of document ids.", suggestion: "IdKeys.Write");
}
