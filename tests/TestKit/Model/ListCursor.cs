using IngoDB.Engine.Entries;
using IngoDB.Model;

namespace IngoDB.TestKit;

/// <summary>One entry, in plain sight.</summary>
internal sealed record TestEntry(byte[] Key, DocumentVersion Version, EntryKind Kind, DocumentVersion ExpiresAt, byte[] Row)
{
    public static int Order(TestEntry left, TestEntry right)
        => left.Key.AsSpan().SequenceCompareTo(right.Key) is not 0 and var byKey ? byKey : right.Version.CompareTo(left.Version);
}

/// <summary>A cursor over entries in a list, for tests of what composes cursors.</summary>
internal sealed class ListCursor : EntryCursor
{
    private readonly List<TestEntry> _entries;
    private int _index = -1;

    public ListCursor(IEnumerable<TestEntry> entries)
    {
        _entries = [.. entries];
        _entries.Sort(TestEntry.Order);
    }

    public override ReadOnlySpan<byte> Key => _entries[_index].Key;

    public override DocumentVersion Version => _entries[_index].Version;

    public override EntryKind Kind => _entries[_index].Kind;

    public override DocumentVersion ExpiresAt => _entries[_index].ExpiresAt;

    public override Shape Shape => Shape.SelfDescribed;

    public override ReadOnlySpan<byte> Row => _entries[_index].Row;

    public override bool Seek(ReadOnlySpan<byte> key)
    {
        for (_index = 0; _index < _entries.Count; _index++)
            if (_entries[_index].Key.AsSpan().SequenceCompareTo(key) >= 0) return true;
        return false;
    }

    public override bool MoveNext() => ++_index < _entries.Count;

    /// <summary>What is left, as entries.</summary>
    public static List<TestEntry> Drain(EntryCursor cursor)
    {
        var entries = new List<TestEntry>();
        while (cursor.MoveNext()) entries.Add(new(cursor.Key.ToArray(), cursor.Version, cursor.Kind, cursor.ExpiresAt, cursor.Row.ToArray()));
        return entries;
    }
}
