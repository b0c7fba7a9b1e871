// The ids of a GetRequest: keys (DocumentId.WriteKey) one after the other, each behind its length as a varint. They
// come from outside, so every length is checked before it is believed.

using System.Buffers;
using System.Text;
using System.Text.Unicode;
using IngoDB.Model;

namespace IngoDB.Abstractions;

/// <summary>Reads and writes lists of id keys.</summary>
public static class IdKeys
{
    private const int ContinuationBit = 0x80;
    private const int EntryBytesMax = 2 + DocumentId.KeyBytesMax;

    /// <exception cref="InvalidRequestException"><c>get.bad_ids</c>.</exception>
    public static IReadOnlyList<ReadOnlyMemory<byte>> Read(ReadOnlyMemory<byte> source)
    {
        var keys = new List<ReadOnlyMemory<byte>>();
        while (!source.IsEmpty)
        {
            var (start, length) = First(source.Span);
            keys.Add(source.Slice(start, length));
            source = source[(start + length)..];
        }

        return keys;
    }

    /// <summary>Takes the first key off the list.</summary>
    /// <exception cref="InvalidRequestException"><c>get.bad_ids</c>.</exception>
    public static ReadOnlySpan<byte> Next(ref ReadOnlySpan<byte> source)
    {
        var (start, length) = First(source);
        var key = source.Slice(start, length);
        source = source[(start + length)..];
        return key;
    }

    public static byte[] Write(IReadOnlyList<ReadOnlyMemory<byte>> keys)
    {
        var target = new byte[keys.Sum(key => (key.Length < ContinuationBit ? 1 : 2) + key.Length)];
        var used = 0;
        foreach (var key in keys) used += Put(target.AsSpan(used), key.Span);
        return target;
    }

    public static byte[] Write(params ReadOnlySpan<DocumentId> ids)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(ids.Length * EntryBytesMax);
        Span<byte> key = stackalloc byte[DocumentId.KeyBytesMax];
        var used = 0;
        foreach (var id in ids) used += Put(buffer.AsSpan(used), key[..id.WriteKey(key)]);
        var written = buffer.AsSpan(0, used).ToArray();
        ArrayPool<byte>.Shared.Return(buffer);
        return written;
    }

    private static int Put(Span<byte> target, ReadOnlySpan<byte> key)
    {
        var used = 0;
        if (key.Length >= ContinuationBit) target[used++] = (byte)(key.Length | ContinuationBit);
        target[used++] = (byte)(key.Length >= ContinuationBit ? key.Length >> 7 : key.Length);
        key.CopyTo(target[used..]);
        return used + key.Length;
    }

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

    private static (int Start, int Length) First(ReadOnlySpan<byte> source)
    {
        var width = (source[0] & ContinuationBit) == 0 ? 1 : 2;
        if (source.Length < width) throw Bad();
        var length = width == 1 ? source[0] : (source[0] & ~ContinuationBit) | (source[1] << 7);
        return length <= source.Length - width && IsKey(source.Slice(width, length)) ? (width, length) : throw Bad();
    }

    private static InvalidRequestException Bad() => new("get.bad_ids", "The bytes are not a list of document ids.", suggestion: "IdKeys.Write");
}
