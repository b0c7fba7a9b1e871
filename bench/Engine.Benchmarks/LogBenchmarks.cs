using BenchmarkDotNet.Attributes;
using IngoDB.Engine.Files;
using IngoDB.Engine.Wal;

namespace IngoDB.Benchmarks;

/// <summary>Per record: framing, checksum and pwrite, without sync; per byte, the checksum alone.</summary>
[MemoryDiagnoser]
public class LogBenchmarks
{
    private const int Count = 1000;
    private readonly byte[] _payload = new byte[64 * 1024];
    private string _folder = null!;
    private WriteAheadLog _log = null!;
    private ulong _segment;

    [Params(200, 64 * 1024)]
    public int PayloadBytes { get; set; }

    [IterationSetup]
    public void Start()
    {
        _folder = Directory.CreateTempSubdirectory("ingodb-bench-").FullName;
        _log = WriteAheadLog.Start(LocalFileSystem.Instance, _folder, ++_segment, LogRecovery.Empty, default, 1, new LogOptions(64 << 20));
    }

    [IterationCleanup]
    public void Stop()
    {
        _log.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Benchmark(OperationsPerInvoke = Count)]
    public ulong Append()
    {
        for (var i = 0; i < Count; i++) _log.Append(LogRecordKind.Batch, new(1), new(2), _payload.AsSpan(0, PayloadBytes));
        return _log.LastLsn;
    }

    [Benchmark(OperationsPerInvoke = Count)]
    public uint Checksum()
    {
        var sum = 0u;
        for (var i = 0; i < Count; i++) sum ^= Crc32C.Of((ulong)i, _payload.AsSpan(0, PayloadBytes));
        return sum;
    }
}
