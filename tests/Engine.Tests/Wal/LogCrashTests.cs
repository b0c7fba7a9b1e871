// The log against its model, a list. Random lives of appends, syncs, rotations, releases, kills and power cuts; after
// each death what recovery reads must be a prefix of what was appended, hold everything that was synced or
// recovered before, and nothing that was released comes back to life from a recycled segment.

using IngoDB.Engine.Wal;
using IngoDB.TestKit.Files;
using static IngoDB.Tests.Wal.LogHelpers;

namespace IngoDB.Tests.Wal;

public sealed class LogCrashTests
{
    [Fact]
    public void Every_death_leaves_a_prefix_that_holds_all_that_was_synced()
    {
        for (var seed = 0; seed < 400; seed++)
        {
            try
            {
                new Life(seed).Live(deaths: 6);
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"new Life({seed}).Live(deaths: 6) fails: {e.Message}", e);
            }
        }
    }

    /// <summary>One folder through several deaths; everything follows from the seed.</summary>
    private sealed class Life(int seed)
    {
        private const string Folder = "/log";
        private static readonly LogOptions Options = new(2048, 8192);
        private readonly Random _random = new(seed);
        private readonly List<(ulong Lsn, ulong Segment, string Payload)> _appended = [];
        private SimulatedFileSystem _files = new();
        private ulong _durableLsn;
        private ulong _oldest;
        private ulong _segment;
        private ulong _lastLsn;

        public void Live(int deaths)
        {
            _files.CreateDirectory(Folder);
            for (var death = 0; death < deaths; death++)
            {
                Run();
                _files = _random.Next(3) == 0 ? _files.ProcessCrashClone() : _files.CrashClone(_random);
                Check();
            }
        }

        private void Run()
        {
            _files.CrashAfter(_random.Next(1, 60));
            try
            {
                using var log = LogHelpers.Start(_files, Folder, ++_segment, _lastLsn + 1, epoch: 1, Options, _oldest);
                _durableLsn = _lastLsn;
                while (true) Step(log);
            }
            catch (SimulatedCrashException)
            {
                // The end of this life.
            }
        }

        private void Step(WriteAheadLog log)
        {
            switch (_random.Next(10))
            {
                case 0:
                    log.Rotate(++_segment);
                    break;
                case 1:
                    // In life: flushed up to the current segment, whose head is durable, and the manifest says so durably.
                    log.Sync();
                    _durableLsn = log.LastLsn;
                    _oldest = log.CurrentSegment;
                    _appended.RemoveAll(r => r.Segment < _oldest);
                    log.Release(_oldest);
                    break;
                case 2 or 3:
                    log.Sync();
                    _durableLsn = log.LastLsn;
                    break;
                default:
                    Append(log);
                    break;
            }
        }

        private void Append(WriteAheadLog log)
        {
            var payload = new string((char)('a' + _random.Next(26)), _random.Next(5) == 0 ? _random.Next(6000) : _random.Next(200));
            _appended.Add((log.LastLsn + 1, log.CurrentSegment, payload));
            log.Append(payload);
        }

        private void Check()
        {
            var (records, recovery) = Recover(_files, Folder, _oldest);
            var expected = _appended.Take(records.Count).ToArray();
            Assert.Equal(expected.Select(r => (r.Lsn, r.Payload)), records.Select(r => (r.Lsn, r.Payload)));
            var kept = _appended.TakeWhile(r => r.Lsn <= _durableLsn).Count();
            Assert.True(records.Count >= kept, $"{kept} records were durable, {records.Count} came back");
            Assert.True(recovery.LastSegment <= _segment);
            _appended.RemoveRange(records.Count, _appended.Count - records.Count);
            _lastLsn = recovery.LastLsn;
        }
    }
}
