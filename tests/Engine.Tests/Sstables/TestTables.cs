using IngoDB.Engine.Entries;
using IngoDB.Engine.Files;
using IngoDB.Engine.Sstables;
using IngoDB.TestKit.Files;
using IngoDB.Tests.Cursors;

namespace IngoDB.Tests.Sstables;

/// <summary>Writes and opens tables in a folder of their own. Without columns unless asked: most rows here are bytes that no document has.</summary>
internal sealed class TestTables(long cacheBytes = 1 << 20) : IDisposable
{
    public TemporaryFolder Folder { get; } = new();

    public IFileSystem Files { get; } = LocalFileSystem.Instance;

    public BlockCache Cache { get; } = new(cacheBytes);

    public ShapeRegistry Shapes { get; } = new();

    public TableInfo Write(IEnumerable<TestEntry> sorted, SstableOptions? options = null, ulong id = 7, bool columns = false)
    {
        using var writer = new SstableWriter(Files, Folder.Path, new(id), (options ?? new()) with { Columns = columns });
        using var cursor = new ListCursor([.. sorted]);
        while (cursor.MoveNext()) writer.Add(cursor.Entry);
        return writer.Finish();
    }

    public Sstable Open(TableInfo info, bool isNew = false) => Sstable.Open(Files, Folder.Path, info, Shapes, Cache, isNew);

    public byte[] BytesOf(TableInfo info) => File.ReadAllBytes(Folder[info.FileName]);

    public void Overwrite(TableInfo info, byte[] bytes) => File.WriteAllBytes(Folder[info.FileName], bytes);

    /// <summary>Reads everything a table can tell: all entries in order.</summary>
    public List<string> ReadAll(TableInfo info)
    {
        using var table = Open(info);
        using var cursor = table.OpenCursor(new());
        return cursor.ReadAll();
    }

    public void Dispose() => Folder.Dispose();
}
