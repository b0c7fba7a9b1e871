// Reads everything an engine has written and believes none of it: every block against its checksum, every row against
// its shape, every table against what the manifest says of it, every column against its rows, every index entry against
// the row it points at and the other way round, every log record. It changes nothing, and takes the folder's lock, so that
// nothing changes under it.
//
//   manifest ─► tables: footer, filter, blocks, rows, order, counts, columns ─► their indexes ─► log
//
// One damaged block does not hide the rest: the finding is noted and the next file is looked at. What this cannot see
// is a loss that leaves everything consistent (a folder put back from an older copy); copies on other nodes see that.

using IngoDB.Engine.Entries;
using IngoDB.Engine.Files;
using IngoDB.Engine.Manifests;
using IngoDB.Engine.Sstables;
using IngoDB.Engine.Wal;
using IngoDB.Model;

namespace IngoDB.Engine.Verification;

/// <summary>Verifies the folder of one engine, offline.</summary>
public static class EngineVerifier
{
    private const string LockFile = "LOCK";

    /// <summary>A folder that an engine has lived in, even if what says so most clearly (CURRENT) is lost.</summary>
    public static bool IsEngineFolder(string folder, IFileSystem? files = null)
        => (files ?? LocalFileSystem.Instance).ListFiles(folder).Any(name => name == ManifestFormat.Current || Path.GetExtension(name) is ".sst" or ".idx" or ".log");

    /// <exception cref="UnavailableException"><c>engine.locked</c>: an engine has the folder.</exception>
    /// <exception cref="UnsupportedFormatException">Written by a newer program.</exception>
    public static VerificationReport Verify(string folder, IFileSystem? files = null, CancellationToken cancellationToken = default)
    {
        files ??= LocalFileSystem.Instance;
        using var folderLock = files.TryLock(Path.Combine(folder, LockFile))
            ?? throw new UnavailableException("engine.locked", $"An engine has the folder '{folder}'. Stop it first: a folder is verified at rest.");
        var findings = new List<VerificationFinding>();
        var report = new VerificationReport(folder);
        ManifestState? manifest = null;
        Try(findings, () => manifest = ManifestLog.Inspect(files, folder));
        if (manifest is not null) report = VerifyTables(report, files, folder, manifest, findings, cancellationToken);
        if (manifest is not null) report = VerifyLog(report, files, folder, manifest, findings);
        return report with { Findings = findings };
    }

    private static VerificationReport VerifyTables(VerificationReport report, IFileSystem files, string folder, ManifestState manifest, List<VerificationFinding> findings, CancellationToken cancellationToken)
    {
        var shapes = new ShapeRegistry();
        var named = new HashSet<string>(StringComparer.Ordinal);
        foreach (var info in manifest.Tables.Values.OrderBy(table => table.Id))
        {
            cancellationToken.ThrowIfCancellationRequested();
            named.Add(info.FileName);
            foreach (var index in info.Indexes) named.Add(index.FileName(info.Id));
            var table = new TableVerification(files, folder, info, shapes, findings, cancellationToken);
            Try(findings, () => table.Run(manifest));
            report = report with { Tables = report.Tables + 1, Rows = report.Rows + table.Rows, Indexes = report.Indexes + table.Indexes, IndexEntries = report.IndexEntries + table.IndexEntries };
        }

        return report with { StrayFiles = [.. files.ListFiles(folder).Where(name => Path.GetExtension(name) is ".sst" or ".idx" && !named.Contains(name))] };
    }

    private static VerificationReport VerifyLog(VerificationReport report, IFileSystem files, string folder, ManifestState manifest, List<VerificationFinding> findings)
    {
        var (shapes, numbers) = (new ShapeRegistry(), new BatchShapes());
        Try(findings, () =>
        {
            var log = WriteAheadLog.Recover(files, folder, manifest.OldestLogSegment, (in LogRecord record) => VerifyBatch(record, numbers, shapes));
            report = report with { LogRecords = log.RecordCount, TornTail = log.TornTail is { } torn ? FormattableString.Invariant($"{torn.File} at {torn.Offset}") : null };
        });
        return report;
    }

    private static void VerifyBatch(in LogRecord record, BatchShapes numbers, ShapeRegistry shapes)
    {
        if (record.Kind != LogRecordKind.Batch) return;
        var batch = numbers.Read(record.Segment, record.Payload, shapes, "log");
        while (batch.TryNext(out var operation))
            if (operation.Kind == EntryKind.Put) RowWriter.Validate(operation.Shape, operation.Row);
    }

    /// <summary>Damage becomes a finding; anything else is the caller's.</summary>
    internal static void Try(List<VerificationFinding> findings, Action verify)
    {
        try
        {
            verify();
        }
        catch (CorruptionException damage)
        {
            findings.Add(new(damage.File, damage.Offset, damage.Detail));
        }
        catch (FileNotFoundException missing)
        {
            findings.Add(new(missing.FileName ?? "", 0, "the file is missing"));
        }
    }
}
