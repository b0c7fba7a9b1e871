// Memtables from the log: one for each segment, since a memtable and its log are released together. A segment describes its shapes
// anew, so none depends on another, and several are read at once: who waits for an engine to open waits for nothing else.
//
//   LogReplay walks all segments and judges where the log ends ─► segment 1 ─► memtable 1 ┐
//                                                                 segment 2 ─► memtable 2 ├─ as many threads as a merge may have
//                                                                 segment 3 ─► memtable 3 ┘
//
// So a log is walked twice, the second time from memory: that costs a tenth of what filling a memtable does, and damage is found
// before anything is filled.

using IngoDB.Engine.Cursors;
using IngoDB.Engine.Entries;
using IngoDB.Engine.Files;
using IngoDB.Engine.Memtables;
using IngoDB.Engine.Wal;
using IngoDB.Model;

namespace IngoDB.Engine;

/// <summary>What the log held when an engine was opened.</summary>
/// <param name="Memtables">Oldest first.</param>
/// <param name="Expires">Some entry expires at some time.</param>
/// <param name="Newest">Of the operations: a record only names its base version.</param>
internal sealed record RecoveredMemtables(IReadOnlyList<(Memtable Memtable, ulong Segment)> Memtables, bool Expires, DocumentVersion Newest)
{
    /// <param name="segments">Oldest first.</param>
    /// <exception cref="CorruptionException">A record holds no batch.</exception>
    public static RecoveredMemtables Read(IFileSystem files, string directory, IReadOnlyList<ReplayedSegment> segments, ShapeRegistry shapes, int threadsMax)
    {
        var parts = segments.Select(segment => new Part(segment, shapes)).ToArray();
        var taken = -1;
        void ReadSome(CancellationToken cancellationToken)
        {
            while (!cancellationToken.IsCancellationRequested && Interlocked.Increment(ref taken) is var next && next < parts.Length)
                WriteAheadLog.Read(files, directory, parts[next].Segment, parts[next].Add);
        }

        SideBySide.Run([.. Enumerable.Repeat<Action<CancellationToken>>(ReadSome, Math.Clamp(parts.Length, 1, Math.Max(1, threadsMax)))], CancellationToken.None);
        var newest = DocumentVersion.None;
        foreach (var part in parts)
            if (part.Newest > newest) newest = part.Newest;
        return new([.. parts.Where(part => part.Memtable is not null).Select(part => (part.Memtable!, part.Segment.Segment))], parts.Any(part => part.Expires), newest);
    }

    /// <summary>One segment. One thread.</summary>
    private sealed class Part(ReplayedSegment segment, ShapeRegistry shapes)
    {
        private readonly BatchShapes _numbers = new();

        public ReplayedSegment Segment => segment;

        /// <summary>Null when no record holds a batch.</summary>
        public Memtable? Memtable { get; private set; }

        public bool Expires { get; private set; }

        public DocumentVersion Newest { get; private set; }

        public void Add(in LogRecord record)
        {
            if (record.Kind != LogRecordKind.Batch) return;
            var memtable = Memtable ??= new(shapes);
            var batch = _numbers.Read(record.Segment, record.Payload, shapes, "log");
            var ahead = memtable.LookAhead(batch);
            while (batch.TryNext(out var operation))
            {
                memtable.LookAhead(ref ahead);
                var version = operation.VersionIn(record.BaseVersion);
                memtable.Add(operation, version);
                if (version > Newest) Newest = version;
                if (EntryKey.CollectionOf(operation.Key).IsHidden) memtable.RememberedCount++;
                Expires |= operation.ExpiresAt != DocumentVersion.None;
            }
        }
    }
}
