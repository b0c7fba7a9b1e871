using System.Collections.Concurrent;
using IngoDB.Engine.Manifests;
using IngoDB.Engine.Sstables;

namespace IngoDB.Engine.Indexing;

/// <summary>
/// Where the entries of an index come from when a table is written: from the codes of its columns once it is complete, or from each row as it passes. Which
/// it will be is not known before the table is, so it is what it was for the last one; who guessed wrong does the other afterwards. Thread-safe.
/// </summary>
/// <param name="open">A table that was just written, for one pass over its rows.</param>
internal sealed class IndexRoutes(Func<TableInfo, Sstable> open)
{
    private readonly ConcurrentDictionary<IndexId, bool> _fromCodes = new();

    public bool AreFromCodes(IndexId index) => _fromCodes.TryGetValue(index, out var fromCodes) && fromCodes;

    public void Note(IndexId index, bool fromCodes) => _fromCodes[index] = fromCodes;

    public Sstable Open(TableInfo table) => open(table);
}
