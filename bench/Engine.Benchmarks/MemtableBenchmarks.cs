using BenchmarkDotNet.Attributes;
using IngoDB.Engine.Entries;
using IngoDB.Engine.Memtables;
using IngoDB.Model;

namespace IngoDB.Benchmarks;

/// <summary>Per operation: adding products in id order and scattered, gets, and the order made for a cursor.</summary>
[MemoryDiagnoser]
public class MemtableBenchmarks
{
    private const int Count = 200_000;

    private EntrySource _source = null!;
    private Memtable _filled = null!;

    [GlobalSetup]
    public void Setup()
    {
        _source = new(Count);
        _filled = AddScattered();
    }

    [Benchmark(OperationsPerInvoke = Count)]
    public object AddAscending()
    {
        var memtable = new Memtable(new ShapeRegistry());
        for (var i = 0; i < Count; i++) memtable.Add(_source.Put(i), new((ulong)i + 1));
        return memtable;
    }

    [Benchmark(OperationsPerInvoke = Count)]
    public object AddScatteredKeys() => AddScattered();

    [Benchmark(OperationsPerInvoke = Count)]
    public int Get()
    {
        var found = 0;
        for (var i = 0; i < Count; i++)
            if (_filled.TryGet(_source.Key(_source.Scattered(i)), DocumentVersion.Max, out _)) found++;
        return found;
    }

    [Benchmark(OperationsPerInvoke = Count)]
    public int AddScatteredAndWalkInOrder()
    {
        using var cursor = AddScattered().OpenCursor();
        var count = 0;
        while (cursor.MoveNext()) count++;
        return count;
    }

    private Memtable AddScattered()
    {
        var memtable = new Memtable(new ShapeRegistry());
        for (var i = 0; i < Count; i++) memtable.Add(_source.Put(_source.Scattered(i)), new((ulong)i + 1));
        return memtable;
    }
}
