using System.Buffers;
using IngoDB.Engine.Columns;
using IngoDB.Engine.Entries;
using IngoDB.Engine.Sstables;
using IngoDB.Model;
using IngoDB.Tests.Cursors;
using IngoDB.Tests.Sstables;

namespace IngoDB.Tests.Columns;

/// <summary>Documents as the rows of a table, and the promise that a table's columns make about them.</summary>
internal static class ColumnTables
{
    public static readonly SstableOptions Options = new(BlockBytes: 700, ColumnRowsMin: 1);

    /// <summary>One entry of a document; null is its deletion.</summary>
    public static TestEntry Entry(int id, ulong version, Document? document, uint collection = 1, bool selfDescribed = false, ulong expiresAt = 0)
    {
        var key = EntryKey.Of(new(collection), new DocumentId($"{id:D8}"));
        if (document is null) return new(key, version, EntryKind.Delete, 0, Shape.SelfDescribed, []);
        var row = new ArrayBufferWriter<byte>();
        if (selfDescribed) RowWriter.WriteSelfDescribed(document, row);
        else RowWriter.Write(document, row);
        return new(key, version, EntryKind.Put, expiresAt, selfDescribed ? Shape.SelfDescribed : Shape.Of(document), row.WrittenSpan.ToArray());
    }

    /// <summary>Entries as a table holds them: by key, newest first.</summary>
    public static List<TestEntry> Sorted(IEnumerable<TestEntry> entries) => TestEntries.Sorted(entries);

    public static Sstable WriteAndOpen(this TestTables tables, List<TestEntry> sorted, ulong id = 7) => tables.Open(tables.Write(sorted, Options, id, columns: true));

    /// <summary>Every put has the code of its value, exactly the other rows and the superseded ones are marked, and a field without column has a reason.</summary>
    public static void AssertColumnsAreTheRows(Sstable table, List<TestEntry> sorted)
    {
        foreach (var group in sorted.GroupBy(entry => EntryKey.CollectionOf(entry.Key)))
        {
            var entries = group.ToList();
            var columns = Assert.IsType<TableColumns>(table.Columns(group.Key));
            Assert.Equal((entries.Count, (uint)sorted.IndexOf(entries[0])), (columns.Rows, columns.FirstRow));
            Assert.Equal(sorted.Any(entry => entry.ExpiresAt != 0), columns.HasExpiring);
            for (var row = 0; row < entries.Count; row++) Assert.Equal(IsPlain(entries, row), !IsMarked(columns, row));
            foreach (var field in entries.SelectMany(FieldsOf).Append("nowhere").Distinct()) AssertFieldIsTheRows(columns, field, entries);
        }
    }

    private static void AssertFieldIsTheRows(TableColumns columns, string field, List<TestEntry> entries)
    {
        if (columns.Find(field) is not { } column)
        {
            Assert.False(columns.Has(field));
            // Names with that beginning are those of columns of fields in documents; where a row has one of its own, what its columns deny is not known.
            if (ColumnName.IsNested(field) || (field == "nowhere" && entries.Exists(entry => FieldsOf(entry).Any(ColumnName.IsNested)))) return;
            Assert.True(entries.Exists(entry => entry.Kind == EntryKind.Put && (entry.Shape.IsSelfDescribed || ValueOf(entry, field) is { Kind: ValueKind.Array or ValueKind.Document } || KeyOf(entry, field).Length > 200))
                || entries.Select(entry => Convert.ToHexString(KeyOf(entry, field))).Distinct().Count() > 1000 || entries.TrueForAll(entry => entry.Kind == EntryKind.Delete), $"no column of {field}");
            return;
        }

        Span<byte> key = stackalloc byte[ColumnFormat.KeyBytesMax];
        for (var row = 0; row < entries.Count; row++)
        {
            if (entries[row].Kind != EntryKind.Put) continue;
            Assert.Equal(Convert.ToHexString(KeyOf(entries[row], field)), Convert.ToHexString(key[..column.WriteKey(column[row], key)]));
        }
    }

    private static bool IsPlain(List<TestEntry> entries, int row) => entries[row].Kind == EntryKind.Put && (row == 0 || !entries[row - 1].Key.AsSpan().SequenceEqual(entries[row].Key));

    private static bool IsMarked(TableColumns columns, int row) => !columns.NotPlain.IsEmpty && ((columns.NotPlain[row / 64] >> (row % 64)) & 1) != 0;

    private static IEnumerable<string> FieldsOf(TestEntry entry) => entry.Kind == EntryKind.Put ? new RowReader(entry.Shape, entry.Row).Decode().Fields.ToArray().Select(field => field.Key) : [];

    private static Value ValueOf(TestEntry entry, string field) => entry.Kind == EntryKind.Put ? new RowReader(entry.Shape, entry.Row).Field(field).Decode() : Value.Missing;

    private static byte[] KeyOf(TestEntry entry, string field) => CodeColumnTests.KeyOf(ValueOf(entry, field));
}
