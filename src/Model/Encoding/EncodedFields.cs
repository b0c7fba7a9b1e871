// A document that carries its own names: a nested one, or a self-described row.
//
//   count varint | count × (name length varint | name UTF-8) | sequence
//
// A field is found by walking the names, comparing them as UTF-8 with a name that is encoded once on the stack.

using System.Text;

namespace IngoDB.Model;

/// <summary>The named fields of a nested document or of a self-described row, in place.</summary>
internal readonly ref struct EncodedFields
{
    /// <summary>Stack memory is cleared before use; most names need little of it.</summary>
    private const int ShortNameCharacters = 32;

    private readonly ReadOnlySpan<byte> _payload;
    private readonly int _namesStart;
    private readonly int _sequenceStart;

    public EncodedFields(ReadOnlySpan<byte> payload)
    {
        _payload = payload;
        var position = 0;
        Count = Varint.Read(payload, ref position);
        _namesStart = position;
        for (var i = 0; i < Count; i++)
        {
            var length = Varint.Read(payload, ref position);
            position += length;
        }

        _sequenceStart = position;
    }

    public int Count { get; }

    public EncodedSequence Values => new(_payload[_sequenceStart..], Count);

    public EncodedValue Field(string name)
    {
        if (name.Length > RowFormat.FieldNameBytesMax) return EncodedValue.Missing;
        Span<byte> wanted = stackalloc byte[name.Length <= ShortNameCharacters ? ShortNameCharacters * 3 : RowFormat.FieldNameBytesMax * 3];
        wanted = wanted[..Encoding.UTF8.GetBytes(name, wanted)];
        var position = _namesStart;
        for (var i = 0; i < Count; i++)
        {
            var length = Varint.Read(_payload, ref position);
            if (_payload.Slice(position, length).SequenceEqual(wanted)) return Values[i];
            position += length;
        }

        return EncodedValue.Missing;
    }

    public Document Decode()
    {
        var fields = new KeyValuePair<string, Value>[Count];
        var values = Values;
        var position = _namesStart;
        for (var i = 0; i < fields.Length; i++)
        {
            var length = Varint.Read(_payload, ref position);
            fields[i] = new(Encoding.UTF8.GetString(_payload.Slice(position, length)), values[i].Decode());
            position += length;
        }

        return Document.FromOwned(fields);
    }
}
