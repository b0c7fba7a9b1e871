// The vocabulary of the memtable, table and cursor tests: entries as plain values, a cursor over a list of them, and a
// generator of keys that are nasty on purpose (one a prefix of the other, zero bytes, several collections, both kinds of id).
using System.Buffers.Binary;
using CsCheck;
using IngoDB.Engine.Entries;
using IngoDB.Model;

namespace IngoDB.Tests.Cursors;

internal sealed record TestEntry(byte[] Key, ulong Version, EntryKind Kind, ulong ExpiresAt, Shape Shape, byte[] Row)
{
    public override string ToString() =>
        $"{Convert.ToHexString(Key)} v{Version} {Kind} until {ExpiresAt} {(Shape.IsSelfDescribed ? "-" : string.Join(',', Shape.Names.ToArray()))} {Convert.ToHexString(Row)}";

    public BatchOperation AsOperation() => new()
    {
        Kind = Kind, VersionOffset = 0, ExpiresAt = new(ExpiresAt), Key = Key, Shape = Shape, Row = Row,
    };

    public static int Compare(TestEntry left, TestEntry right)
    {
        var order = left.Key.AsSpan().SequenceCompareTo(right.Key);
        return order != 0 ? order : right.Version.CompareTo(left.Version);
    }
}

internal static class TestEntries
{
    private static readonly Shape[] Shapes = [Shape.SelfDescribed, Shape.Of("name", "price"), Shape.Of("name"), Shape.Of()];

    /// <summary>Puts, deletes and expiring puts over few keys, in order of rising version.</summary>
    public static Gen<List<TestEntry>> Gen(int countMax, int keys = 40) =>
        CsCheck.Gen.Select(CsCheck.Gen.Int[0, keys - 1], CsCheck.Gen.Int[0, 9], CsCheck.Gen.Int[0, 120], CsCheck.Gen.Int[1, 3])
            .List[0, countMax]
            .Select(steps =>
            {
                var version = 100UL;
                return steps.ConvertAll(step => Of(step.Item1, version += (ulong)step.Item4, step.Item2, step.Item3));
            });

    public static TestEntry Of(int key, ulong version, int dice = 5, int rowBytes = 20) => dice switch
    {
        0 => new(KeyOf(key), version, EntryKind.Delete, 0, Shape.SelfDescribed, []),
        1 => new(KeyOf(key), version, EntryKind.Put, version + (ulong)rowBytes, Shapes[rowBytes % Shapes.Length], RowOf(version, rowBytes)),
        _ => new(KeyOf(key), version, EntryKind.Put, 0, Shapes[rowBytes % Shapes.Length], RowOf(version, rowBytes)),
    };

    public static byte[] KeyOf(int number)
    {
        var collection = new CollectionId((uint)(1 + number % 3 * 300));
        return EntryKey.Of(collection, (number % 5) switch
        {
            < 2 when number > 200 => new DocumentId($"key {number}"),
            0 => new DocumentId(new string('a', 1 + number)),
            1 => new DocumentId("a" + new string('\0', number)),
            2 => new DocumentId($"key {number}"),
            _ => new DocumentId(UuidOf(number)),
        });
    }

    public static byte[] RowOf(ulong version, int length)
    {
        var row = new byte[length];
        for (var i = 0; i < length; i++) row[i] = (byte)(version * 31 + (ulong)(i / 7));
        return row;
    }

    public static List<TestEntry> Sorted(IEnumerable<TestEntry> entries)
    {
        var sorted = entries.ToList();
        sorted.Sort(TestEntry.Compare);
        return sorted;
    }

    /// <summary>What stands at the cursor, as a plain value; the same whether asked field by field or at once.</summary>
    public static TestEntry Current(this EntryCursor cursor)
    {
        var fields = new TestEntry(cursor.Key.ToArray(), cursor.Version.Raw, cursor.Kind, cursor.ExpiresAt.Raw, cursor.Shape, cursor.Row.ToArray());
        var entry = cursor.Entry;
        var whole = new TestEntry(entry.Key.ToArray(), entry.Version.Raw, entry.Kind, entry.ExpiresAt.Raw, entry.Shape, entry.Row.ToArray());
        Assert.Equal(fields.ToString(), whole.ToString());
        return fields;
    }

    public static List<string> ReadAll(this EntryCursor cursor)
    {
        var all = new List<string>();
        while (cursor.MoveNext()) all.Add(cursor.Current().ToString());
        Assert.False(cursor.MoveNext());
        return all;
    }

    public static List<string> ReadFrom(this EntryCursor cursor, byte[] key) =>
        cursor.Seek(key) ? [cursor.Current().ToString(), .. cursor.ReadAll()] : [];

    public static List<string> Texts(this IEnumerable<TestEntry> entries) => entries.Select(entry => entry.ToString()).ToList();

    public static IEnumerable<TestEntry> From(this IEnumerable<TestEntry> sorted, byte[] key) =>
        sorted.SkipWhile(entry => entry.Key.AsSpan().SequenceCompareTo(key) < 0);

    /// <summary>The newest entry of the key at or below the version, the slow way.</summary>
    public static TestEntry? NewestAt(this IEnumerable<TestEntry> entries, byte[] key, ulong upTo) =>
        entries.Where(entry => entry.Version <= upTo && entry.Key.AsSpan().SequenceEqual(key)).MaxBy(entry => entry.Version);

    private static Guid UuidOf(int number)
    {
        var bytes = new byte[16];
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(4), number / 10);
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(12), number);
        return new Guid(bytes, bigEndian: true);
    }
}

/// <summary>A cursor over a sorted list.</summary>
internal sealed class ListCursor(IReadOnlyList<TestEntry> sorted) : EntryCursor
{
    private int _at = -1;

    public bool IsDisposed { get; private set; }

    public override ReadOnlySpan<byte> Key => sorted[_at].Key;

    public override DocumentVersion Version => new(sorted[_at].Version);

    public override EntryKind Kind => sorted[_at].Kind;

    public override DocumentVersion ExpiresAt => new(sorted[_at].ExpiresAt);

    public override Shape Shape => sorted[_at].Shape;

    public override ReadOnlySpan<byte> Row => sorted[_at].Row;

    public override bool Seek(ReadOnlySpan<byte> key)
    {
        for (_at = 0; _at < sorted.Count; _at++)
            if (sorted[_at].Key.AsSpan().SequenceCompareTo(key) >= 0) return true;
        return false;
    }

    public override bool MoveNext() => _at < sorted.Count && ++_at < sorted.Count;

    public override void Dispose()
    {
        IsDisposed = true;
        base.Dispose();
    }
}
