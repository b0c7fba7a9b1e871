// Promise: what the manifest says of a table is what is in it. Every table it names is there, sorted, with the rows,
// deletions, key range and version range that were written down, since age, shares and what a merge may forget are
// decided from those without opening a file; and no table file lies in the folder that the manifest does not name.

using IngoDB.Engine;
using IngoDB.Engine.Entries;
using IngoDB.Engine.Files;
using IngoDB.Engine.Sstables;
using IngoDB.Model;

namespace IngoDB.TestKit;

/// <summary>Reads all tables of an engine at rest.</summary>
internal static class TablesChecker
{
    public static void Check(StorageEngine engine, IFileSystem files, string folder)
    {
        var state = engine.State;
        Xunit.Assert.Equal(state.Manifest.Tables.Keys.Order(), state.Tables.Select(t => t.Info.Id).Order());
        foreach (var table in state.Tables) Check(table);
        var named = state.Manifest.Tables.Values.SelectMany(t => t.Indexes.Select(i => i.FileName(t.Id)).Append(t.FileName)).ToHashSet();
        Xunit.Assert.DoesNotContain(files.ListFiles(folder), name => (name.EndsWith(".sst", StringComparison.Ordinal) || name.EndsWith(".idx", StringComparison.Ordinal)) && !named.Contains(name));
    }

    private static void Check(Sstable table)
    {
        using var cursor = table.OpenCursor(new ReadCountersBox(), fillCache: false);
        var entries = ListCursor.Drain(cursor);
        var info = table.Info;
        for (var i = 1; i < entries.Count; i++) Xunit.Assert.True(TestEntry.Order(entries[i - 1], entries[i]) < 0);
        Xunit.Assert.Equal(entries.Count, info.EntryCount);
        Xunit.Assert.Equal(entries.Count(e => e.Kind == EntryKind.Delete), info.DeleteCount);
        Xunit.Assert.Equal(entries.Count(e => e.ExpiresAt != DocumentVersion.None), info.ExpiringCount);
        Xunit.Assert.Equal(entries.Count - entries.DistinctBy(e => Convert.ToHexString(e.Key)).Count(), info.SupersededCount);
        Xunit.Assert.Equal(entries[0].Key, info.FirstKey.ToArray());
        Xunit.Assert.Equal(entries[^1].Key, info.LastKey.ToArray());
        Xunit.Assert.Equal(entries.Min(e => e.Version), info.OldestVersion);
        Xunit.Assert.Equal(entries.Max(e => e.Version), info.NewestVersion);
        Xunit.Assert.Equal(info.FirstKey.ToArray(), info.Quantiles[0].ToArray());
        Xunit.Assert.Equal(info.LastKey.ToArray(), info.Quantiles[^1].ToArray());
    }
}
