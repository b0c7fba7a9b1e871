// A table is believed only row by row: walking it verifies the checksum of every block it passes, and each row must be
// behind the one before, be admitted by the filter, and be well-formed for its shape. Otherwise a read might not find
// what is there (order, filter), or decode what is not (row).

using IngoDB.Engine.Entries;
using IngoDB.Engine.Files;
using IngoDB.Engine.Manifests;
using IngoDB.Engine.Sstables;
using IngoDB.Model;

namespace IngoDB.Engine.Verification;

/// <summary>One table, its columns, and the indexes attached to it. Damage of a block ends the walk over that table; its indexes are then left alone.</summary>
internal sealed class TableVerification(IFileSystem files, string folder, TableInfo info, ShapeRegistry shapes, List<VerificationFinding> findings, CancellationToken cancellationToken)
{
    private const int RowsPerCancellationCheck = 4096;

    public long Rows { get; private set; }

    public int Indexes { get; private set; }

    public long IndexEntries { get; private set; }

    /// <exception cref="CorruptionException">A block, the footer, the filter or a row is damaged.</exception>
    public void Run(ManifestState manifest)
    {
        using var table = Sstable.Open(files, folder, info, shapes, new BlockCache(0));
        VerifyRows(table);
        EngineVerifier.Try(findings, () => ColumnVerification.Run(Path.Combine(folder, info.FileName), table, cancellationToken));
        foreach (var index in info.Indexes)
        {
            if (!manifest.Indexes.TryGetValue(index.Index, out var definition)) continue; // dropped; its file goes with the table
            Indexes++;
            EngineVerifier.Try(findings, () => IndexEntries += IndexVerification.Run(files, folder, table, index, definition, cancellationToken));
        }
    }

    private void VerifyRows(Sstable table)
    {
        using var rows = table.OpenCursor(new ReadCountersBox(), fillCache: false);
        var before = new EntryPosition();
        while (rows.MoveNext())
        {
            if (++Rows % RowsPerCancellationCheck == 0) cancellationToken.ThrowIfCancellationRequested();
            if (!before.IsBefore(rows)) throw Damage($"row {rows.RowId.Value} is not behind the row before it");
            if (!table.MayContain(rows.Key, EntryKey.Hash(rows.Key))) throw Damage($"the filter denies row {rows.RowId.Value}");
            if (rows.Kind == EntryKind.Put) RowWriter.Validate(rows.Shape, rows.Row);
            before.Set(rows);
        }

        if (Rows != info.EntryCount) throw Damage($"it has {Rows} rows where the manifest tells {info.EntryCount}");
    }

    private CorruptionException Damage(string detail) => new(Path.Combine(folder, info.FileName), 0, detail);

    /// <summary>Where the row before stood: (key ascending, version descending), never the same twice.</summary>
    private sealed class EntryPosition
    {
        private readonly byte[] _key = new byte[EntryKey.BytesMax];
        private int _length = -1;
        private DocumentVersion _version;

        public bool IsBefore(EntryCursor row)
        {
            if (_length < 0) return true;
            var order = _key.AsSpan(0, _length).SequenceCompareTo(row.Key);
            return order < 0 || (order == 0 && _version > row.Version);
        }

        public void Set(EntryCursor row)
        {
            row.Key.CopyTo(_key);
            (_length, _version) = (row.Key.Length, row.Version);
        }
    }
}
