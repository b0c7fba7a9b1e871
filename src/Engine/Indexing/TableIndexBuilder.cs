using IngoDB.Engine.Files;
using IngoDB.Engine.Manifests;
using IngoDB.Engine.Sstables;

namespace IngoDB.Engine.Indexing;

/// <summary>Gives a table that exists already an index that was defined later. The caller puts the result in a VersionEdit (TableIndexesAdded).</summary>
internal static class TableIndexBuilder
{
    public static TableIndexInfo Build(IFileSystem files, string directory, Sstable table, IndexDefinition definition, CancellationToken cancellationToken = default) => throw new NotImplementedException();
}
