// STUB of the contract (owner: memtables).
using IngoDB.Engine.Entries;
using IngoDB.Model;

namespace IngoDB.Engine.Memtables;

/// <summary>The newest entries, in memory. One writer at a time; any number of readers beside it, without locks.</summary>
internal sealed class Memtable(ShapeRegistry shapes)
{
    public ShapeRegistry Shapes { get; } = shapes;

    /// <summary>Bytes of memory that entries and index take.</summary>
    public long SizeBytes => throw new NotImplementedException();

    public long EntryCount => throw new NotImplementedException();

    public DocumentVersion OldestVersion => throw new NotImplementedException();

    public DocumentVersion NewestVersion => throw new NotImplementedException();

    /// <summary>Adds one entry. Readers may see it at once: visibility is the caller's ReadPoint.</summary>
    public void Add(in BatchOperation operation, DocumentVersion version) => throw new NotImplementedException();

    /// <summary>The newest entry of the key with a version the read point sees (a Delete or an expired one too: the caller judges).</summary>
    public bool TryGet(ReadOnlySpan<byte> key, DocumentVersion upTo, out EntryHit hit) => throw new NotImplementedException();

    /// <summary>Entries present when the cursor was made, all versions.</summary>
    public EntryCursor OpenCursor() => throw new NotImplementedException();
}
