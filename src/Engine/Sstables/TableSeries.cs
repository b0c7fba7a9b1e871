// A stream of entries, written as one or several tables. A new one begins at a boundary, once the present one is
// worth being a file, and in any case when it is full; never between the versions of one key, so that a key lives
// in one table of the series.
//
// It is all or nothing: disposed before Finish, or failed inside it, the series leaves no file behind.

using System.Collections.Immutable;
using IngoDB.Engine.Columns;
using IngoDB.Engine.Entries;

namespace IngoDB.Engine.Sstables;

/// <summary>Splits entries into tables of bounded size. One thread.</summary>
/// <param name="boundaries">Keys, ascending, at which a new table begins.</param>
/// <param name="inputs">What the origins of the entries name; of this thread alone.</param>
internal sealed class TableSeries(TableWriterFactory newTable, ImmutableArray<ReadOnlyMemory<byte>> boundaries, long tableBytesMax, ColumnInputs inputs) : IDisposable
{
    /// <summary>A boundary does not cut off less than this part of a full table.</summary>
    private const int SliverDivisor = 4;

    private readonly List<ITableWriter> _writers = [];
    private readonly List<TableInfo> _finished = [];
    private readonly byte[] _key = new byte[EntryKey.BytesMax];
    private int _keyLength;
    private int _nextBoundary;
    private bool _complete;

    public long Entries { get; private set; }

    public void Append(in EntryView entry)
    {
        if (!entry.Key.SequenceEqual(_key.AsSpan(0, _keyLength))) BeginKey(entry.Key);
        _writers[^1].Append(entry);
        Entries++;
    }

    /// <summary>All tables, durable; none when nothing was appended.</summary>
    public ImmutableArray<TableInfo> Finish()
    {
        FinishLast();
        _complete = true;
        foreach (var writer in _writers) writer.Dispose();
        return [.. _finished];
    }

    /// <summary>After <see cref="Finish"/>: deletes what was written, because the whole it belongs to failed. Without it, nothing is left to do.</summary>
    public void Discard()
    {
        if (!_complete) return;
        foreach (var writer in _writers) writer.Discard();
    }

    public void Dispose()
    {
        if (_complete) return;
        for (var i = 0; i < _writers.Count; i++)
        {
            if (i < _finished.Count) _writers[i].Discard();
            _writers[i].Dispose();
        }
    }

    private void BeginKey(ReadOnlySpan<byte> key)
    {
        if (_writers.Count == 0 || IsCutBefore(key))
        {
            FinishLast();
            _writers.Add(newTable(inputs));
        }

        key.CopyTo(_key);
        _keyLength = key.Length;
    }

    private bool IsCutBefore(ReadOnlySpan<byte> key)
    {
        var atBoundary = false;
        while (_nextBoundary < boundaries.Length && boundaries[_nextBoundary].Span.SequenceCompareTo(key) <= 0)
        {
            _nextBoundary++;
            atBoundary = true;
        }

        var bytes = _writers[^1].FileBytes;
        return bytes >= tableBytesMax || (atBoundary && bytes >= tableBytesMax / SliverDivisor);
    }

    private void FinishLast()
    {
        if (_finished.Count < _writers.Count) _finished.Add(_writers[^1].Finish());
    }
}
