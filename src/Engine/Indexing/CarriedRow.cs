// A covering index answers without its table: beside each entry stands what a reader has to know of the row to decide whether it counts
// (id, version, expiry), and a row of the few fields that queries look at.
//
//   carried = id bytes varint | id key | version u64 | expires u64 (0: never) | row of the key's fields and the carried ones, in this order
//
// A field that the document does not have stands there as a value without a kind, which readers take for missing.

using System.Buffers;
using System.Buffers.Binary;
using IngoDB.Engine.Entries;
using IngoDB.Model;

namespace IngoDB.Engine.Indexing;

/// <summary>What an entry of a covering index carries.</summary>
internal readonly ref struct CarriedRow
{
    private const int HeadBytes = 16;

    private CarriedRow(ReadOnlySpan<byte> idKey, ReadOnlySpan<byte> rest)
    {
        IdKey = idKey;
        Version = new(BinaryPrimitives.ReadUInt64LittleEndian(rest));
        ExpiresAt = new(BinaryPrimitives.ReadUInt64LittleEndian(rest[8..]));
        Row = rest[HeadBytes..];
    }

    public ReadOnlySpan<byte> IdKey { get; }

    public DocumentVersion Version { get; }

    public DocumentVersion ExpiresAt { get; }

    public ReadOnlySpan<byte> Row { get; }

    /// <summary>The shape of the rows that an index carries: names of its key, then the carried ones.</summary>
    public static Shape ShapeOf(IndexFields fields) => Shape.Of([.. fields.Paths.Select(path => path.Steps[0].Name!), .. fields.Carried]);

    /// <summary>What was checked when its block was decoded.</summary>
    public static CarriedRow Read(ReadOnlySpan<byte> carried)
    {
        var at = 0;
        Varint.TryRead(carried, ref at, out var idBytes);
        return new(carried.Slice(at, idBytes), carried[(at + idBytes)..]);
    }

    /// <summary>Whether it can be read, and its row is one of so many fields.</summary>
    public static bool IsIntact(ReadOnlySpan<byte> carried)
    {
        var at = 0;
        return Varint.TryRead(carried, ref at, out var idBytes) && idBytes is > 0 and <= EntryKey.BytesMax && carried.Length - at - idBytes > HeadBytes;
    }

    /// <summary>Writes rows of one index. Reuses its buffers; one thread.</summary>
    internal sealed class Writer(IndexFields fields)
    {
        private readonly Shape _shape = ShapeOf(fields);
        private readonly SequenceBuilder _values = new();
        private readonly ArrayBufferWriter<byte> _bytes = new(128);

        public ReadOnlySpan<byte> Of(in EntryView entry)
        {
            _bytes.ResetWrittenCount();
            var id = EntryKey.IdBytesOf(entry.Key);
            _bytes.Advance(Varint.Write(_bytes.GetSpan(Varint.BytesMax), (uint)id.Length));
            _bytes.Write(id);
            var head = _bytes.GetSpan(HeadBytes);
            BinaryPrimitives.WriteUInt64LittleEndian(head, entry.Version.Raw);
            BinaryPrimitives.WriteUInt64LittleEndian(head[8..], entry.ExpiresAt.Raw);
            _bytes.Advance(HeadBytes);
            _values.Clear();
            var document = new RowReader(entry.Shape, entry.Row);
            foreach (var name in _shape.Names)
            {
                var value = document.Field(name);
                _values.Add(value.Tag, value.Payload);
            }

            _values.WriteTo(_bytes);
            return _bytes.WrittenSpan;
        }
    }
}
