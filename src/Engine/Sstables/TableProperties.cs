// A table describes itself in the same words that the manifest uses for it. Opening compares the two, so a file under
// the wrong name, or a manifest that belongs to another folder, is noticed before a row is read.

using System.Collections.Immutable;
using IngoDB.Engine.Entries;
using IngoDB.Model;

namespace IngoDB.Engine.Sstables;

/// <summary>The properties section: what the manifest is told of a table, kept in the table too, so that each can prove the other.</summary>
internal static class TableProperties
{
    public static void Write(SectionWriter target, TableInfo info, long rowsEnd)
    {
        target.WriteI64(info.EntryCount);
        target.WriteI64(info.DeleteCount);
        target.WriteI64(info.UserBytes);
        target.WriteVersion(info.OldestVersion);
        target.WriteVersion(info.NewestVersion);
        target.WriteVersion(info.ExpiresMax);
        target.WriteI64(info.ExpiringCount);
        target.WriteI64(info.SupersededCount);
        target.WriteI64(rowsEnd);
        target.WriteKey(info.FirstKey.Span);
        target.WriteKey(info.LastKey.Span);
        target.WriteCount(info.Quantiles.Length);
        foreach (var key in info.Quantiles) target.WriteKey(key.Span);
        target.WriteCount(info.Collections.Length);
        foreach (var (collection, rows) in info.Collections)
        {
            target.WriteU32(collection.Value);
            target.WriteI64(rows);
        }
    }

    /// <exception cref="CorruptionException">Not the properties of a table.</exception>
    public static TableInfo Read(SectionReader source, TableId id, long fileBytes, out long rowsEnd)
    {
        var (entries, deletes, userBytes) = (source.ReadI64(), source.ReadI64(), source.ReadI64());
        var (oldest, newest, expiresMax) = (source.ReadVersion(), source.ReadVersion(), source.ReadVersion());
        var (expiring, superseded) = (source.ReadI64(), source.ReadI64());
        rowsEnd = source.ReadI64();
        var (first, last) = (source.ReadKey().ToArray(), source.ReadKey().ToArray());
        var quantiles = ImmutableArray.CreateBuilder<ReadOnlyMemory<byte>>();
        for (var left = source.ReadCount(2); left > 0; left--) quantiles.Add(source.ReadKey().ToArray());
        var collections = ImmutableArray.CreateBuilder<(CollectionId, long)>();
        for (var left = source.ReadCount(12); left > 0; left--) collections.Add((new(source.ReadU32()), source.ReadI64()));
        source.ExpectEnd();
        return new(id, fileBytes, entries, deletes, userBytes, first, last, oldest, newest)
        {
            ExpiresMax = expiresMax,
            ExpiringCount = expiring,
            SupersededCount = superseded,
            Quantiles = quantiles.DrainToImmutable(),
            Collections = collections.DrainToImmutable(),
        };
    }
}
