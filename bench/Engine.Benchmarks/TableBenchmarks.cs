using BenchmarkDotNet.Attributes;
using IngoDB.Engine.Cursors;
using IngoDB.Engine.Entries;
using IngoDB.Engine.Files;
using IngoDB.Engine.Memtables;
using IngoDB.Engine.Sstables;
using IngoDB.Model;

namespace IngoDB.Benchmarks;

/// <summary>Per row: writing a table, scanning and merging tables; per get: from the cache, and from the file.</summary>
[MemoryDiagnoser]
public class TableBenchmarks
{
    private const int Count = 200_000;

    private readonly string _folder = Directory.CreateTempSubdirectory("ingodb-bench-").FullName;
    private readonly ShapeRegistry _shapes = new();
    private EntrySource _source = null!;
    private Memtable _memtable = null!;
    private Sstable _all = null!;
    private Sstable _allUncached = null!;
    private Sstable _even = null!;
    private Sstable _odd = null!;
    private ulong _nextId = 10;

    [GlobalSetup]
    public void Setup()
    {
        _source = new(Count);
        _memtable = Fill(_ => true);
        _all = Open(Write(_memtable), new(1L << 30));
        _allUncached = Open(_all.Info, new(0));
        _even = Open(Write(Fill(i => i % 2 == 0)), new(1L << 30));
        _odd = Open(Write(Fill(i => i % 2 == 1)), new(1L << 30));
        ScanCached();
    }

    [GlobalCleanup]
    public void Cleanup()
    {
        foreach (var table in new[] { _all, _allUncached, _even, _odd }) table.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Benchmark(OperationsPerInvoke = Count)]
    public long WriteFromMemtable()
    {
        var info = Write(_memtable);
        LocalFileSystem.Instance.Delete(Path.Combine(_folder, info.FileName));
        return info.FileBytes;
    }

    [Benchmark(OperationsPerInvoke = 10_000)]
    public int GetCached() => Get(_all);

    [Benchmark(OperationsPerInvoke = 10_000)]
    public int GetUncached() => Get(_allUncached);

    [Benchmark(OperationsPerInvoke = Count)]
    public int ScanCached() => Walk(_all.OpenCursor(new()));

    [Benchmark(OperationsPerInvoke = Count)]
    public int ScanUncached() => Walk(_allUncached.OpenCursor(new(), fillCache: false));

    [Benchmark(OperationsPerInvoke = Count)]
    public int VisibleScanUncached() => Walk(new VisibleCursor(_allUncached.OpenCursor(new(), fillCache: false), ReadPoint.At(DocumentVersion.Max)));

    [Benchmark(OperationsPerInvoke = Count)]
    public int MergeOfTwoInterleaved() => Walk(new MergeCursor([_even.OpenCursor(new()), _odd.OpenCursor(new())]));

    private int Get(Sstable table)
    {
        var counters = new ReadCounters();
        var found = 0;
        for (var i = 0; i < 10_000; i++)
        {
            var key = _source.Key(_source.Scattered(i));
            if (table.TryGet(key, EntryKey.Hash(key), DocumentVersion.Max, ref counters, out _)) found++;
        }

        return found;
    }

    private static int Walk(EntryCursor cursor)
    {
        using (cursor)
        {
            var bytes = 0;
            while (cursor.MoveNext()) bytes += cursor.Row.Length;
            return bytes;
        }
    }

    private Memtable Fill(Func<int, bool> wanted)
    {
        var memtable = new Memtable(_shapes);
        for (var i = 0; i < Count; i++)
            if (wanted(i)) memtable.Add(_source.Put(i), new((ulong)i + 1));
        return memtable;
    }

    private TableInfo Write(Memtable memtable)
    {
        using var writer = new SstableWriter(LocalFileSystem.Instance, _folder, new(_nextId++), new());
        using var cursor = memtable.OpenCursor();
        while (cursor.MoveNext()) writer.Add(cursor.Entry);
        return writer.Finish();
    }

    private Sstable Open(TableInfo info, BlockCache cache) => Sstable.Open(LocalFileSystem.Instance, _folder, info, _shapes, cache);
}
