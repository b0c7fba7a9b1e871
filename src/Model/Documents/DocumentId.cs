// The identity of a document: a Uuid (UUIDv7 by default) or a string of at most 255 UTF-8 bytes. Its key bytes
// are one tag (the ValueKind, so that strings sort below uuids as in the total order) and the raw bytes:
//
//   String   07 | UTF-8 bytes (1..255)          Uuid   09 | 16 bytes, big-endian
//
// Compared as bytes this is the total order of values, so `_id` order and key order are the same thing.

using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace IngoDB.Model;

/// <summary>The <c>_id</c> of a document: a Uuid or a String.</summary>
public readonly struct DocumentId : IEquatable<DocumentId>, IComparable<DocumentId>
{
    public const int StringBytesMax = 255;

    /// <summary>Tag byte plus the longest string.</summary>
    public const int KeyBytesMax = 1 + StringBytesMax;

    private readonly string? _text;
    private readonly Guid _uuid;

    public DocumentId(Guid uuid) => _uuid = uuid;

    /// <exception cref="InvalidRequestException"><c>document.bad_id</c>: empty, over 255 UTF-8 bytes, or not valid Unicode.</exception>
    public DocumentId(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.Length == 0 || !UnicodeText.TryCountUtf8(text, out var bytes) || bytes > StringBytesMax)
            throw new InvalidRequestException("document.bad_id", $"A string _id has 1 to {StringBytesMax} UTF-8 bytes of valid Unicode; this one does not.", suggestion: "Shorten it, or use a Uuid");
        _text = text;
    }

    public bool IsString => _text is not null;

    public Guid Uuid => _text is null ? _uuid : throw new InvalidOperationException("The _id is a string.");

    public string Text => _text ?? throw new InvalidOperationException("The _id is a Uuid.");

    /// <summary>A new time-ordered UUIDv7 (RFC 9562).</summary>
    public static DocumentId NewUuid(TimeProvider clock, Random random) => new(UuidV7.Create(clock, random));

    /// <exception cref="InvalidRequestException"><c>document.bad_id</c> when the value is neither Uuid nor String.</exception>
    public static DocumentId FromValue(Value value) => value.Kind switch
    {
        ValueKind.Uuid => new(value.AsUuid()),
        ValueKind.String => new(value.AsString()),
        _ => throw new InvalidRequestException("document.bad_id", $"_id must be a Uuid or a String, not {value.Kind}.", suggestion: "\"AUS\" or {\"$uuid\":\"...\"}"),
    };

    public Value ToValue() => _text is null ? Value.From(_uuid) : Value.From(_text);

    /// <summary>Writes tag and bytes; returns how many, at most <see cref="KeyBytesMax"/>.</summary>
    public int WriteKey(Span<byte> target)
    {
        if (_text is null)
        {
            target[0] = (byte)ValueKind.Uuid;
            _uuid.TryWriteBytes(target[1..], bigEndian: true, out _);
            return 17;
        }

        target[0] = (byte)ValueKind.String;
        return 1 + Encoding.UTF8.GetBytes(_text, target[1..]);
    }

    public static DocumentId ReadKey(ReadOnlySpan<byte> key) => (ValueKind)key[0] switch
    {
        ValueKind.Uuid when key.Length == 17 => new(new Guid(key[1..], bigEndian: true)),
        ValueKind.String when key.Length is > 1 and <= KeyBytesMax => new(Encoding.UTF8.GetString(key[1..])),
        _ => throw new CorruptionException("key", 0, "not the key of a document"),
    };

    public bool Equals(DocumentId other) => _text is null ? other._text is null && _uuid == other._uuid : _text == other._text;

    public int CompareTo(DocumentId other)
    {
        Span<byte> left = stackalloc byte[KeyBytesMax], right = stackalloc byte[KeyBytesMax];
        return left[..WriteKey(left)].SequenceCompareTo(right[..other.WriteKey(right)]);
    }

    public override bool Equals([NotNullWhen(true)] object? obj) => obj is DocumentId other && Equals(other);

    public override int GetHashCode() => _text?.GetHashCode(StringComparison.Ordinal) ?? _uuid.GetHashCode();

    public override string ToString() => _text ?? _uuid.ToString();

    public static implicit operator DocumentId(string text) => new(text);

    public static implicit operator DocumentId(Guid uuid) => new(uuid);

    public static bool operator ==(DocumentId left, DocumentId right) => left.Equals(right);

    public static bool operator !=(DocumentId left, DocumentId right) => !left.Equals(right);

    public static bool operator <(DocumentId left, DocumentId right) => left.CompareTo(right) < 0;

    public static bool operator <=(DocumentId left, DocumentId right) => left.CompareTo(right) <= 0;

    public static bool operator >(DocumentId left, DocumentId right) => left.CompareTo(right) > 0;

    public static bool operator >=(DocumentId left, DocumentId right) => left.CompareTo(right) >= 0;
}
