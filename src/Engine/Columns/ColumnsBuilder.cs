// A table holds rows of several collections, one after the other since keys begin with the collection. So the columns
// of a table are those of one collection at a time.

using IngoDB.Engine.Entries;
using IngoDB.Model;

namespace IngoDB.Engine.Columns;

/// <summary>Collects the columns of a table while its rows are written: keys ascend, so collections come one after the other. One thread.</summary>
/// <param name="rowsMin">A collection with fewer rows in the table is as quickly read as rows.</param>
/// <param name="wanted">Fields that are to have a column though they lie in documents, or far behind; null: none.</param>
internal sealed class ColumnsBuilder(int rowsMin, ColumnInputs inputs, Func<CollectionId, IReadOnlyList<FieldPath>>? wanted = null) : IDisposable
{
    private readonly List<CollectionColumns> _finished = [];
    private CollectionColumnsBuilder? _current;

    /// <param name="row">The entry's ordinal in the table.</param>
    /// <param name="isSuperseded">A newer version of its key went before.</param>
    public void Add(in EntryView entry, uint row, bool isSuperseded)
    {
        var collection = EntryKey.CollectionOf(entry.Key);
        if (collection.IsHidden) return; // The last of all, and never scanned.
        if (_current is null || _current.Collection != collection)
        {
            FinishCurrent();
            _current = new(collection, row, inputs, wanted?.Invoke(collection) ?? []);
        }

        _current.Add(entry, isSuperseded);
    }

    public IReadOnlyList<CollectionColumns> Finish()
    {
        FinishCurrent();
        return _finished;
    }

    public void Dispose() => _current?.Dispose();

    private void FinishCurrent()
    {
        if (_current is null) return;
        if (_current.Rows >= rowsMin) _finished.Add(_current.Finish());
        _current.Dispose();
        _current = null;
    }
}
