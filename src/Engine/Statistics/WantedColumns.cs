// Columns are made of the top-level fields that have few values, unasked. Of fields inside of documents, and of those behind the first ones of very wide
// documents, they are made when queries were seen to read rows for want of them: ski rental, like indexes. What a scan has read counts for each field that it
// asked about; when that reaches what the column costs, tables that are written from then on have it, and those that are there are written again while nothing
// else is to be done. Half of what was counted is forgotten every day, and a column is given up (by the next merge) when a sixteenth of its price is left, so that
// a question of every morning keeps it.
//
//   rows read for want of it  ──► reaches the price: wanted ──► falls below a sixteenth: not wanted any more
//
// Each table says which columns it has, so nothing else has to be decided or published, and another engine of a cluster, which is asked the same, comes to
// the same. What this does not do: ask whether the values are few. Who writes the table finds out, and says so there.

using IngoDB.Engine.Entries;
using IngoDB.Model;

namespace IngoDB.Engine.Statistics;

/// <param name="Evidence">In rows read, at <paramref name="At"/>.</param>
/// <param name="IsWanted">Tables that are written have it.</param>
internal sealed record WantedColumn(CollectionId Collection, string Path, double Evidence, DateTimeOffset At, long Rows, bool IsWanted);

/// <summary>Which fields are to have a column beside those that have one anyway. Thread-safe.</summary>
internal sealed class WantedColumns(TimeProvider time)
{
    /// <summary>What a column costs, for each row: its codes at the next writing, and their bytes.</summary>
    public const double Price = 0.5;

    private const double GivenUpBelow = 1.0 / 16;
    private const int FieldsMax = 64, WantedMax = 8;

    private static readonly TimeSpan HalfLife = TimeSpan.FromDays(1);

    private readonly Lock _lock = new();
    private volatile IReadOnlyList<WantedColumn> _fields = [];

    /// <summary>Told of each field when it is wanted, and when it is not any more.</summary>
    public Action<WantedColumn>? Changed { get; set; }

    /// <summary>False where nothing is to be learned.</summary>
    public bool Listens { get; set; } = true;

    public IReadOnlyList<WantedColumn> Fields => _fields;

    public IReadOnlyList<FieldPath> Of(CollectionId collection)
    {
        var fields = _fields;
        return fields.Count == 0 ? [] : [.. fields.Where(field => field.Collection == collection && field.IsWanted).Select(field => FieldPath.Parse(field.Path))];
    }

    /// <summary>A query asked about a field and read rows, or would have without its column.</summary>
    /// <param name="isDecided">All tables have the column, or its values did not allow it: counts only for a field that is known here.</param>
    /// <param name="rows">Of the collection.</param>
    public void Note(CollectionId collection, FieldPath path, double read, bool isDecided, long rows)
    {
        if (isDecided && Find(collection, path) is null) return;
        WantedColumn? changed = null;
        lock (_lock)
        {
            var known = Find(collection, path);
            if (known is null && (isDecided || _fields.Count >= FieldsMax)) return;
            var next = Next(known ?? new(collection, path.Text, 0, time.GetUtcNow(), rows, false), read, rows);
            if (next.IsWanted && known is not { IsWanted: true } && _fields.Count(field => field.Collection == collection && field.IsWanted) >= WantedMax) next = next with { IsWanted = false };
            _fields = [.. _fields.Where(field => field != known), next];
            if (next.IsWanted != (known?.IsWanted ?? false)) changed = next;
        }

        if (changed is not null) Changed?.Invoke(changed);
    }

    /// <summary>What is wanted no more, by now; before tables are written.</summary>
    public void Fade()
    {
        if (_fields.Count == 0) return;
        List<WantedColumn> faded = [];
        lock (_lock)
        {
            var fields = _fields.Select(field => Next(field, 0, field.Rows)).ToList();
            faded.AddRange(fields.Where((field, i) => field.IsWanted != _fields[i].IsWanted));
            _fields = [.. fields.Where(field => field.IsWanted || field.Evidence >= 1)];
        }

        foreach (var field in faded) Changed?.Invoke(field);
    }

    public void Restore(IReadOnlyList<WantedColumn>? fields)
    {
        lock (_lock) _fields = fields ?? [];
    }

    private WantedColumn? Find(CollectionId collection, FieldPath path)
    {
        var fields = _fields;
        for (var i = 0; i < fields.Count; i++)
            if (fields[i].Collection == collection && fields[i].Path == path.Text) return fields[i];
        return null;
    }

    private WantedColumn Next(WantedColumn field, double read, long rows)
    {
        var now = time.GetUtcNow();
        var evidence = (field.Evidence * Math.Pow(0.5, (now > field.At ? now - field.At : TimeSpan.Zero) / HalfLife)) + read;
        var price = rows * Price;
        return field with { Evidence = evidence, At = now, Rows = rows, IsWanted = field.IsWanted ? evidence >= price * GivenUpBelow : evidence >= price };
    }
}
