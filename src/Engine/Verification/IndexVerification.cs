// An index agrees with its table when both speak of the same set of (key, row). The set is never built: every pair the
// rows ought to give is hashed and added up, every pair that the index has is too, and equal sums with equal counts
// mean equal sets (a difference that cancels out in 64 bits would have to be made on purpose). On the way the order of
// the index is checked, since a range read trusts it.

using System.Buffers;
using System.IO.Hashing;
using IngoDB.Engine.Entries;
using IngoDB.Engine.Files;
using IngoDB.Engine.Indexing;
using IngoDB.Engine.Manifests;
using IngoDB.Engine.Sstables;
using IngoDB.Model;

namespace IngoDB.Engine.Verification;

/// <summary>Compares one index file with the rows of its table.</summary>
internal static class IndexVerification
{
    /// <summary>Gives the number of entries.</summary>
    /// <exception cref="CorruptionException">The index is damaged, out of order, or does not agree.</exception>
    public static long Run(IFileSystem files, string folder, Sstable table, TableIndexInfo info, IndexDefinition definition, CancellationToken cancellationToken)
    {
        using var index = TableIndex.Open(files, folder, table.Info.Id, info);
        var path = Path.Combine(folder, info.FileName(table.Info.Id));
        var found = SumOf(index, path, cancellationToken);
        var expected = SumOf(table, definition, index.Contents, cancellationToken);
        if (found.Count != expected.Count) throw new CorruptionException(path, 0, $"it has {found.Count} entries where its table gives {expected.Count}");
        if (found.Sum != expected.Sum) throw new CorruptionException(path, 0, "its entries are not those that its table gives");
        return found.Count;
    }

    private static (long Count, ulong Sum) SumOf(TableIndex index, string path, CancellationToken cancellationToken)
    {
        var sum = new PairSum(IndexContents.Whole);
        var cursor = new IndexCursor(index, new ReadCountersBox());
        var before = Array.Empty<byte>();
        for (var has = cursor.Seek([], 0); has; has = cursor.MoveNext())
        {
            if (before.AsSpan().SequenceCompareTo(cursor.Key) > 0) throw new CorruptionException(path, 0, $"entry {sum.Count} is not behind the entry before it");
            if (!cursor.Key.SequenceEqual(before)) before = cursor.Key.ToArray();
            if (!index.Contents.Has(cursor.Key)) throw new CorruptionException(path, 0, $"entry {sum.Count} has a key that the index says it does not have");
            sum.Add(cursor.Key, cursor.Reference.Row, cursor.Carried);
            if (sum.Count % 4096 == 0) cancellationToken.ThrowIfCancellationRequested();
        }

        return (sum.Count, sum.Sum);
    }

    private static (long Count, ulong Sum) SumOf(Sstable table, IndexDefinition definition, IndexContents contents, CancellationToken cancellationToken)
    {
        var sum = new PairSum(contents);
        var carrier = contents.Carries ? new CarriedRow.Writer(definition.Fields) : null;
        RowField[] fields = [.. definition.Fields.Paths.Select(path => new RowField(path))];
        using var rows = table.OpenCursor(new ReadCountersBox(), fillCache: false);
        for (var has = rows.Seek(EntryKey.Prefix(definition.Collection)); has && EntryKey.CollectionOf(rows.Key) == definition.Collection; has = rows.MoveNext())
        {
            if (rows.RowId.Value % 4096 == 0) cancellationToken.ThrowIfCancellationRequested();
            if (rows.Kind == EntryKind.Put) sum.AddRow(new RowReader(rows.Shape, rows.Row), fields, definition.Fields.FansOut, rows.RowId, carrier is null ? default : carrier.Of(rows.Entry));
        }

        return (sum.Count, sum.Sum);
    }

    /// <summary>Count and sum of hashes of (key, row) pairs.</summary>
    private sealed class PairSum(IndexContents contents)
    {
        private readonly ArrayBufferWriter<byte> _key = new(64);
        private readonly HashSet<ulong> _elements = [];

        public long Count { get; private set; }

        public ulong Sum { get; private set; }

        public void Add(ReadOnlySpan<byte> key, RowId row, ReadOnlySpan<byte> carried)
        {
            if (contents.Has(key)) AddHash(HashOf(key, row) ^ (carried.IsEmpty ? 0 : XxHash3.HashToUInt64(carried, row.Value)));
        }

        /// <summary>What a row gives (see IndexFormat): its values, missing included; or the distinct elements of an array, null and missing left out.</summary>
        public void AddRow(RowReader document, RowField[] fields, bool fansOut, RowId row, ReadOnlySpan<byte> carried)
        {
            if (!fansOut)
            {
                _key.ResetWrittenCount();
                foreach (var field in fields) OrderedKey.Append(field.Of(document), _key);
                Add(_key.WrittenSpan, row, carried);
                return;
            }

            var value = fields[0].Of(document);
            _elements.Clear();
            if (value.Kind != ValueKind.Array) AddElement(value, row);
            else
                for (var i = 0; i < value.ArrayLength; i++) AddElement(value.ArrayElement(i), row);
        }

        private void AddElement(EncodedValue value, RowId row)
        {
            if (value.Kind is ValueKind.Missing or ValueKind.Null) return;
            var hash = HashOf(value, row);
            if (contents.Has(_key.WrittenSpan) && _elements.Add(hash)) AddHash(hash);
        }

        private void AddHash(ulong hash)
        {
            Count++;
            Sum = unchecked(Sum + hash);
        }

        private ulong HashOf(EncodedValue value, RowId row)
        {
            _key.ResetWrittenCount();
            OrderedKey.Append(value, _key);
            return HashOf(_key.WrittenSpan, row);
        }

        private static ulong HashOf(ReadOnlySpan<byte> key, RowId row) => XxHash3.HashToUInt64(key, row.Value);
    }
}
