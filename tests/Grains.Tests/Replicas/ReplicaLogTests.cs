// The replicated log on a simulated disk: a model of entries says what must be there, crashes and flips say what may be missing. What was
// synced is never lost and never silently cut; what was not may be.

using IngoDB.Grains.Replicas;
using IngoDB.Model;
using IngoDB.Replication.Logs;
using IngoDB.TestKit.Files;

namespace Grains.Tests.Replicas;

public sealed class ReplicaLogTests
{
    /// <summary>Small, so that a story has many.</summary>
    private const int SegmentBytes = 8 << 10;

    private const string Folder = "/node/p0000/g1/log";

    [Fact]
    public void Whatever_is_written_cut_and_trimmed_is_what_the_model_says_also_after_a_reopen()
    {
        for (var seed = 0; seed < 60; seed++)
        {
            var story = new Story(seed, new SimulatedFileSystem());
            for (var step = 0; step < 60; step++) story.Step();
            story.Reopen();
            story.Check();
        }
    }

    [Fact]
    public void After_a_crash_everything_synced_is_there_and_of_the_rest_a_beginning()
    {
        for (var seed = 0; seed < 120; seed++)
        {
            var story = new Story(seed, new SimulatedFileSystem());
            for (var step = 0; step < 40; step++) story.Step();
            story.Crash();
        }
    }

    [Fact]
    public void A_flipped_bit_in_what_was_synced_is_damage_and_nothing_is_cut_away()
    {
        for (var seed = 0; seed < 80; seed++)
        {
            var random = new Random(seed);
            var files = new SimulatedFileSystem();
            var log = Open(files, Lsn.None).Log!;
            Append(log, 1, 30, random, epoch: 1);
            log.Sync();
            var path = $"{Folder}/{LogSegment.NameOf(new(1))}";
            var end = files.ReadAll(path).AsSpan().LastIndexOfAnyExcept((byte)0);
            log.Dispose();
            // Not within the last record, whose own damage looks like a torn tail to everybody but the state file.
            files.Corrupt(path, random.Next(LogSegment.HeadBytes, end), (byte)(1 << random.Next(8)));
            var before = files.ReadAll(path);

            var recovered = Open(files, new(30));

            Assert.Contains("was synced", recovered.Damage, StringComparison.Ordinal);
            Assert.Null(recovered.Log);
            Assert.Equal(before, files.ReadAll(path));
        }
    }

    [Fact]
    public void A_later_record_vouches_for_what_was_synced_before_it_when_the_state_file_is_old()
    {
        var (files, random) = (new SimulatedFileSystem(), new Random(5));
        var log = Open(files, Lsn.None).Log!;
        Append(log, 1, 10, random, epoch: 1);
        log.Sync();
        Append(log, 11, 5, random, epoch: 1);
        log.Sync();
        log.Dispose();
        files.Corrupt($"{Folder}/{LogSegment.NameOf(new(1))}", LogSegment.HeadBytes + 20, 1);

        Assert.NotNull(Open(files, Lsn.None).Damage);
    }

    /// <summary>Memory is where the core is, the disk some deeds behind: what is read is what the core has decided, never what the disk is about to lose.</summary>
    [Fact]
    public void What_is_read_is_what_was_decided_however_far_the_disk_is_behind()
    {
        for (var seed = 0; seed < 20; seed++)
        {
            var (random, model, deeds) = (new Random(seed), new List<LogEntry>(), new Queue<Action>());
            var log = new ReplicaLogRecovery(new SimulatedFileSystem(), Folder, Lsn.None, SegmentBytes, tailBytesMax: 2_000).Run().Log!;
            for (var (step, epoch) = (0, 1L); step < 40; step++)
            {
                if (random.Next(5) == 0)
                {
                    var after = new Lsn(random.Next(model.Count + 1));
                    log.Cut(after);
                    deeds.Enqueue(() => log.Sync());
                    deeds.Enqueue(() => log.CutOnDisk(after));
                    model.RemoveRange((int)after.Value, model.Count - (int)after.Value);
                    epoch++;
                }
                else
                {
                    var entries = Entries(model.Count + 1, random.Next(1, 70), random, epoch);
                    log.Add(entries);
                    deeds.Enqueue(() => entries.ForEach(log.Write));
                    if (random.Next(3) > 0) deeds.Enqueue(() => log.Sync());
                    model.AddRange(entries);
                }

                for (var left = random.Next(5); left > 0 && deeds.TryDequeue(out var deed); left--) deed();
                var read = log.Read(new(1), log.Last, long.MaxValue);
                Assert.Equal(model.Count, read.Count);
                for (var i = 0; i < read.Count; i++) Assert.True(Same(model[i], read[i]), $"seed {seed}, step {step}: {read[i]} is not {model[i]}");
            }
        }
    }

    private static RecoveredLog Open(SimulatedFileSystem files, Lsn synced) => new ReplicaLogRecovery(files, Folder, synced, SegmentBytes).Run();

    private static List<LogEntry> Append(ReplicaLog log, long first, int count, Random random, long epoch)
    {
        var entries = Entries(first, count, random, epoch);
        log.Add(entries);
        foreach (var entry in entries) log.Write(entry);
        return entries;
    }

    private static List<LogEntry> Entries(long first, int count, Random random, long epoch)
    {
        var entries = new List<LogEntry>();
        for (var i = 0; i < count; i++)
        {
            var payload = new byte[random.Next(300)];
            random.NextBytes(payload);
            var version = new DocumentVersion((ulong)((epoch << 40) + ((first + i) * 10)));
            entries.Add(new(new(first + i), new(epoch), EntryKind.Batch, version, new((ulong)(first + i)), payload) { LastVersion = new(version.Raw + 3) });
        }

        return entries;
    }

    private sealed class Story(int seed, SimulatedFileSystem files)
    {
        private readonly Random _random = new(seed);
        private readonly List<LogEntry> _model = [];
        private SimulatedFileSystem _files = files;
        private ReplicaLog _log = Open(files, Lsn.None).Log!;
        private long _epoch = 1;
        private Lsn _trimmed;

        public void Step()
        {
            switch (_random.Next(9))
            {
                case < 4: _model.AddRange(Append(_log, _log.Last.Value + 1, _random.Next(1, 6), _random, _epoch)); break;
                case 4 or 5: _log.Sync(); break;
                case 6: Cut(); break;
                case 7: Trim(); break;
                default: Reopen(); break;
            }
        }

        public void Reopen()
        {
            _log.Sync();
            _log.Dispose();
            var recovered = Open(_files, _log.Last);
            Assert.Null(recovered.Damage);
            _log = recovered.Log!;
            Assert.Equal((_log.Last, _log.Last), (recovered.State.Last, recovered.State.Durable));
            Check();
            Assert.Equal(_model.Count == 0 ? DocumentVersion.None : _model[^1].LastVersion, recovered.State.LastVersion);
            foreach (var entry in _model) Assert.Equal(entry.Epoch, recovered.State.History.At(entry.Lsn));
        }

        public void Crash()
        {
            var synced = _log.Synced;
            _files = _files.CrashClone(_random);
            var recovered = Open(_files, synced);
            Assert.True(recovered.Damage is null, $"seed {seed}: {recovered.Damage}");
            _log = recovered.Log!;
            Assert.InRange(_log.Last.Value, synced.Value, _model.Count);
            _model.RemoveRange((int)_log.Last.Value, _model.Count - (int)_log.Last.Value);
            Check();
            _model.AddRange(Append(_log, _log.Last.Value + 1, 3, _random, ++_epoch));
            Reopen();
        }

        public void Check()
        {
            var read = _log.Read(_trimmed.Next, _log.Last, long.MaxValue);
            var expected = _model.Skip((int)_trimmed.Value).ToList();
            Assert.Equal(expected.Count, read.Count);
            for (var i = 0; i < read.Count; i++) Assert.True(Same(expected[i], read[i]), $"seed {seed}: {read[i]} is not {expected[i]}");
        }

        private void Trim()
        {
            _log.Sync();
            _trimmed = _log.Trim(new(_random.Next((int)_log.Last.Value + 1)), bytesKept: 0, lsn => LogBaseFile.Of(lsn, _model[(int)lsn.Value - 1].LastVersion.Raw, 0, HistoryUpTo(lsn)));
            Assert.Equal(_trimmed, _log.Base);
        }

        private EpochHistory HistoryUpTo(Lsn lsn)
        {
            var history = EpochHistory.Empty;
            foreach (var entry in _model.TakeWhile(entry => entry.Lsn <= lsn)) history = history.Extend(entry.Epoch, entry.Lsn);
            return history;
        }

        private void Cut()
        {
            _log.Sync();
            var after = new Lsn(_random.Next((int)_trimmed.Value, (int)_log.Last.Value + 1));
            _log.Cut(after);
            _log.CutOnDisk(after);
            _model.RemoveRange((int)after.Value, _model.Count - (int)after.Value);
            _epoch++;
        }
    }

    private static bool Same(LogEntry left, LogEntry right) => left with { Payload = default } == right with { Payload = default } && left.Payload.Span.SequenceEqual(right.Payload.Span);
}
