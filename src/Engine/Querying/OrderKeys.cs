// The place of a document in the order of a query, as bytes: the sort keys (OrderedKey: complemented when
// descending, led by a byte where nulls are moved), then the id key. memcmp of two such keys is the order of the
// scan, here, in a merge of several tables, and at a coordinator that merges partitions.
//
//   sort price desc, name asc      ~key(price) | key(name) | id key

using System.Buffers;
using System.Buffers.Binary;
using IngoDB.Engine.Columns;
using IngoDB.Engine.Entries;
using IngoDB.Engine.Scanning;
using IngoDB.Model;

namespace IngoDB.Engine.Querying;

/// <summary>Builds order keys; reuses one buffer. One thread at a time.</summary>
internal sealed class OrderKeys(ScanSort sort)
{
    private readonly ArrayBufferWriter<byte> _key = new(128);
    private readonly FieldAccess[] _fields = [.. sort.Keys.Select(key => new FieldAccess(key.Field))];
    private readonly byte[] _versionBytes = new byte[8];
    private readonly byte[] _entryKey = new byte[EntryKey.BytesMax];

    /// <summary>Where the id begins in the key built last.</summary>
    public int IdStart { get; private set; }

    /// <summary>The key built last.</summary>
    public ReadOnlySpan<byte> Latest => _key.WrittenSpan;

    /// <summary>The order key of a row; valid until the next one.</summary>
    public ReadOnlySpan<byte> Of(RowStream row)
    {
        var idKey = row.IdKey;
        idKey.CopyTo(_entryKey.AsSpan(EntryKey.CollectionBytes));
        BinaryPrimitives.WriteUInt64LittleEndian(_versionBytes, row.Version.Raw);
        var input = new FilterInput(_entryKey.AsSpan(0, EntryKey.CollectionBytes + idKey.Length), _versionBytes, row.Shape, row.Row);
        _key.ResetWrittenCount();
        for (var i = 0; i < _fields.Length; i++) OrderedKey.AppendSort(_fields[i].Of(input), sort.Keys[i], _key);
        return End(idKey);
    }

    /// <summary>The same where the bytes come from an index; no key at all means that the order is by id.</summary>
    /// <param name="indexKey">Keys of all fields sorted by; of more than one only if all go the way of the first and none moves nulls (IndexSort).</param>
    public ReadOnlySpan<byte> Of(ReadOnlySpan<byte> indexKey, SortKey? key, ReadOnlySpan<byte> idKey)
    {
        _key.ResetWrittenCount();
        if (key is not null) Append(indexKey, key);
        return End(idKey);
    }

    /// <summary>The sort keys alone, from keys in ascending form: how they compare with the order key of a row.</summary>
    /// <returns>Negative: rows with these keys come before it; zero: they have its sort keys.</returns>
    public int Compare(CodeRanks ranks, uint rank, ReadOnlySpan<byte> orderKey)
    {
        Span<byte> key = stackalloc byte[ColumnFormat.KeyBytesMax];
        _key.ResetWrittenCount();
        for (var i = 0; i < sort.Keys.Count; i++) Append(key[..ranks.WriteKey(rank, i, key)], sort.Keys[i]);
        return _key.WrittenSpan.SequenceCompareTo(orderKey[..Math.Min(orderKey.Length, _key.WrittenCount)]);
    }

    /// <summary>What stands behind the sort keys that <see cref="Compare"/> found equal: the id key.</summary>
    public ReadOnlySpan<byte> IdAfterSortKeys(ReadOnlySpan<byte> orderKey) => orderKey[_key.WrittenCount..];

    /// <summary>The keys of an index at the head of an order key, ascending again, and the id key behind them. For sorts that do not move nulls.</summary>
    public static (byte[] Key, ReadOnlyMemory<byte> Id) IndexKeyOf(ReadOnlyMemory<byte> orderKey, IndexSort sort)
    {
        var bytes = 0;
        foreach (var _ in sort.Keys) bytes += OrderedKey.LengthAt(orderKey.Span[bytes..]);
        var key = orderKey[..bytes].ToArray();
        if (sort.Descending)
            for (var i = 0; i < key.Length; i++) key[i] = (byte)~key[i];
        return (key, orderKey[bytes..]);
    }

    // What OrderedKey.AppendSort writes before null and missing when a sort places them itself.
    private const byte NullsFirst = 0x00, NullsLast = 0xFF;

    private ReadOnlySpan<byte> End(ReadOnlySpan<byte> idKey)
    {
        IdStart = _key.WrittenCount;
        _key.Write(idKey);
        return _key.WrittenSpan;
    }

    private void Append(ReadOnlySpan<byte> indexKey, SortKey key)
    {
        if (key.Nulls is { } nulls && KeyClasses.Nothing.Contains(indexKey)) _key.Write([nulls == NullsOrder.First ? NullsFirst : NullsLast]);
        var target = _key.GetSpan(indexKey.Length);
        indexKey.CopyTo(target);
        if (key.Descending)
            for (var i = 0; i < indexKey.Length; i++) target[i] = (byte)~target[i];
        _key.Advance(indexKey.Length);
    }
}
