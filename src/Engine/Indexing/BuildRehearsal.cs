// The first index that a process builds runs through code that was never compiled: a tenth of a second a thread, whatever the size of the
// table, while queries that have paid for the index wait. They have been seen coming, though: an index is decided when many queries
// would have used it. So when the first of them was counted, a few rows of a real table are indexed for nobody:
//
//   a query that an index would have helped ──► some thousand rows: cursor, keys, sort, file ──► nowhere
//
// A few times, apart from each other, because the runtime compiles what is small first quickly, then well, when it was called often and some
// time has passed. Once a process, because what is compiled is the same for all of its engines.
//
// What this does not do: warm caches, or tell anybody. It is a few thousand rows of work on the thread that the build will have.

using IngoDB.Engine.Files;
using IngoDB.Engine.Manifests;
using IngoDB.Engine.Sstables;
using IngoDB.Model;

namespace IngoDB.Engine.Indexing;

/// <summary>Builds indexes that nobody will see. Thread-safe; one for a process (<see cref="OfProcess"/>), tests have their own.</summary>
internal sealed class BuildRehearsal
{
    private const int TimesMax = 4, RowsMax = 4_096, CodedRowsMax = 200_000;

    /// <summary>More than the pause after which the runtime begins to count calls.</summary>
    private static readonly TimeSpan Apart = TimeSpan.FromMilliseconds(150);

    private readonly Lock _lock = new();
    private int _times;
    private long _latest;

    public static BuildRehearsal OfProcess { get; } = new();

    /// <summary>How often it was done.</summary>
    public int Times => Volatile.Read(ref _times);

    public bool IsOver => Times >= TimesMax;

    /// <summary>Once more, unless it is enough or too early.</summary>
    /// <param name="tables">Of the engine; the smallest that has rows of the collection is read.</param>
    /// <param name="definition">As it may be decided.</param>
    public void Run(IEnumerable<Sstable> tables, IndexDefinition definition, TimeProvider time, CancellationToken cancellationToken)
    {
        if (IsOver || tables.Where(table => table.Info.RowsOf(definition.Collection) > 0).MinBy(table => table.Info.RowsOf(definition.Collection)) is not { } smallest) return;
        lock (_lock)
        {
            if (IsOver || (_times > 0 && time.GetElapsedTime(_latest) < Apart)) return;
            Volatile.Write(ref _times, _times + 1);
            try
            {
                Build(smallest, definition, cancellationToken);
            }
            catch (CorruptionException)
            {
                // Who needs the block is told.
            }

            _latest = time.GetTimestamp();
        }
    }

    private static void Build(Sstable table, IndexDefinition definition, CancellationToken cancellationToken)
    {
        using var keys = new IndexKeys(definition);
        TableIndexBuilder.Collect(table, keys, RowsMax, cancellationToken);
        using (var writer = Writer()) keys.Write(writer);
        if (table.Info.RowsOf(definition.Collection) <= CodedRowsMax) CodeIndexBuilder.TryAdd(table, definition, keys.Contents, Writer, out _);

        TableIndexWriter Writer() => new(NowhereFiles.Instance, "", table.Info.Id, definition.Id, keys.Contents);
    }
}
