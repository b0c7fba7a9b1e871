using System.Buffers;
using IngoDB.Engine.Entries;
using IngoDB.Model;

namespace IngoDB.Benchmarks;

/// <summary>Encoded products as entries: what memtables and tables see of them.</summary>
internal sealed class EntrySource
{
    public static readonly CollectionId Collection = new(1);

    private readonly byte[][] _keys;
    private readonly byte[][] _rows;

    public EntrySource(int count)
    {
        _keys = new byte[count][];
        _rows = new byte[count][];
        Shape = Shape.Of(Products.Document(0));
        var row = new ArrayBufferWriter<byte>();
        for (var i = 0; i < count; i++)
        {
            _keys[i] = EntryKey.Of(Collection, Products.Id(i));
            row.ResetWrittenCount();
            RowWriter.Write(Products.Document(i), row);
            _rows[i] = row.WrittenSpan.ToArray();
        }
    }

    public Shape Shape { get; }

    public int Count => _keys.Length;

    public byte[] Key(int i) => _keys[i];

    public BatchOperation Put(int i) => new()
    {
        Kind = EntryKind.Put, VersionOffset = 0, ExpiresAt = default, Key = _keys[i], Shape = Shape, Row = _rows[i],
    };

    /// <summary>The i-th of a row of numbers that looks random (and repeats some, as updates do).</summary>
    public int Scattered(int i) => (int)((i * 6364136223846793005L + 1442695040888963407L & long.MaxValue) % Count);
}
