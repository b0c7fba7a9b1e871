// Field names are stored once: documents with the same fields in the same order share a shape, and their rows hold
// values only. A partition interns its shapes (there are few), so that most comparisons are one of references.
//
//   shape = name count varint | names × (length varint | UTF-8)
//
// SelfDescribed is not a list of names but the mark of rows that carry their own; it is never written.

using System.Buffers;
using System.Text;
using System.Text.Unicode;

namespace IngoDB.Model;

/// <summary>A list of field names, shared by every document that has exactly these fields in this order. Immutable; compared by content.</summary>
public sealed class Shape : IEquatable<Shape>
{
    private const int LinearSearchNamesMax = 16;

    private readonly string[] _names;
    private readonly int _hash;
    private readonly Dictionary<string, int>? _ordinals;
    private byte[]? _encoded;

    private Shape(string[] names)
    {
        _names = names;
        var hash = new HashCode();
        foreach (var name in names) hash.Add(name.GetHashCode(StringComparison.Ordinal));
        _hash = hash.ToHashCode();
        if (names.Length <= LinearSearchNamesMax) return;
        _ordinals = new(names.Length, StringComparer.Ordinal);
        for (var i = 0; i < names.Length; i++) _ordinals[names[i]] = i;
    }

    /// <summary>The shape of rows that carry their own names.</summary>
    public static Shape SelfDescribed { get; } = new([]);

    public static Shape Of(params ReadOnlySpan<string> names) => new(names.ToArray());

    public static Shape Of(Document document)
    {
        var names = new string[document.Count];
        for (var i = 0; i < names.Length; i++) names[i] = document.Fields[i].Key;
        return new(names);
    }

    public bool IsSelfDescribed => ReferenceEquals(this, SelfDescribed);

    public int Count => _names.Length;

    public ReadOnlySpan<string> Names => _names;

    /// <summary>True when the document has exactly these fields in this order: its row needs no new shape.</summary>
    public bool Fits(Document document)
    {
        var fields = document.Fields;
        if (fields.Length != _names.Length || IsSelfDescribed) return false;
        for (var i = 0; i < fields.Length; i++)
            if (fields[i].Key != _names[i]) return false;
        return true;
    }

    /// <summary>The ordinal of a top-level field, -1 when the shape has no such field.</summary>
    public int OrdinalOf(string name)
    {
        if (_ordinals is not null) return _ordinals.GetValueOrDefault(name, -1);
        for (var i = 0; i < _names.Length; i++)
            if (_names[i] == name) return i;
        return -1;
    }

    /// <summary>Count varint, then each name as length varint and UTF-8. The same bytes for equal shapes.</summary>
    public void WriteTo(IBufferWriter<byte> target)
    {
        Invariant.Holds(!IsSelfDescribed);
        target.Write(Encoded);
    }

    /// <summary>What <see cref="WriteTo"/> writes; made once.</summary>
    internal ReadOnlySpan<byte> Encoded => _encoded ??= Encode();

    /// <summary>Reads what <see cref="WriteTo"/> wrote and advances <paramref name="source"/>.</summary>
    /// <exception cref="CorruptionException">Not the bytes of a shape.</exception>
    public static Shape Read(ref ReadOnlySpan<byte> source)
    {
        var position = 0;
        if (!Varint.TryRead(source, ref position, out var count) || count > RowFormat.FieldsMax || count > source.Length - position)
            throw new CorruptionException("shape", position, "not a count of field names");
        var names = new string[count];
        for (var i = 0; i < count; i++) names[i] = ReadName(source, ref position);
        if (count > 1 && new HashSet<string>(names, StringComparer.Ordinal).Count != count)
            throw new CorruptionException("shape", position, "a field name stands twice");
        source = source[position..];
        return new(names);
    }

    public bool Equals(Shape? other)
        => ReferenceEquals(this, other)
        || (other is not null && !IsSelfDescribed && !other.IsSelfDescribed && _hash == other._hash && _names.AsSpan().SequenceEqual(other._names));

    public override bool Equals(object? obj) => Equals(obj as Shape);

    public override int GetHashCode() => _hash;

    public override string ToString() => IsSelfDescribed ? "(self-described)" : string.Join(", ", _names);

    private byte[] Encode()
    {
        var target = new ArrayBufferWriter<byte>();
        Varint.Write(target, _names.Length);
        foreach (var name in _names)
        {
            Varint.Write(target, Encoding.UTF8.GetByteCount(name));
            Encoding.UTF8.GetBytes(name, target);
        }

        return target.WrittenSpan.ToArray();
    }

    private static string ReadName(ReadOnlySpan<byte> source, ref int position)
    {
        if (!Varint.TryRead(source, ref position, out var length) || length > RowFormat.FieldNameBytesMax || length > source.Length - position)
            throw new CorruptionException("shape", position, "not the length of a field name");
        var name = source.Slice(position, length);
        if (!Utf8.IsValid(name)) throw new CorruptionException("shape", position, "a field name is not UTF-8");
        position += length;
        return Encoding.UTF8.GetString(name);
    }
}
