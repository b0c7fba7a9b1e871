using BenchmarkDotNet.Attributes;
using IngoDB.Engine.Columns;
using IngoDB.Engine.Entries;
using IngoDB.Model;

namespace IngoDB.Benchmarks;

/// <summary>Per row: what code columns add to writing a table, from rows and from the columns of a merge's input; and loading one.</summary>
[MemoryDiagnoser]
public class ColumnBenchmarks
{
    private const int Count = 200_000;

    private EntrySource _source = null!;
    private TableColumns _columns = null!;
    private EncodedColumn _price;

    [GlobalSetup]
    public void Setup()
    {
        _source = new(Count);
        var built = Build(ColumnInputs.None);
        _price = built.Columns.First(column => column.Field == "price");
        _columns = TableColumns.Of(EntrySource.Collection, 0, Count, [.. built.Columns.Select(Load)], knowsAllFields: false);
    }

    [Benchmark(OperationsPerInvoke = Count)]
    public int FromRows() => Build(ColumnInputs.None).Columns.Count;

    [Benchmark(OperationsPerInvoke = Count)]
    public int Translated() => Build(new([_ => _columns])).Columns.Count;

    [Benchmark(OperationsPerInvoke = Count)]
    public uint LoadOne() => Load(_price).CodeCount;

    private CollectionColumns Build(ColumnInputs inputs)
    {
        using var builder = new ColumnsBuilder(1000, inputs);
        for (var i = 0; i < Count; i++)
        {
            var put = _source.Put(i);
            builder.Add(new() { Key = put.Key, Version = new((ulong)i + 1), Kind = put.Kind, ExpiresAt = default, Shape = put.Shape, Row = put.Row, Origin = new(0, (uint)i) }, (uint)i, isSuperseded: false);
        }

        return builder.Finish()[0];
    }

    private static CodeColumn Load(EncodedColumn column) => column.ConstantKey is { } key
        ? CodeColumn.Constant(column.Field, Count, key)
        : new ColumnDecoder("memory", 0, column.Payload).Decode(column.Field, Count);
}
