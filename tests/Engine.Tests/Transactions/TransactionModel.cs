// A whole two-phase commit in a few dozen lines: partitions whose memory is their log and a clock, a driver for each batch, a network that
// delays, doubles, reorders and loses, processes that die and come back with what is in their log, and readers. What chooses is the product's
// TransactionRules; what a partition does with the choice is what TransactionResolver does. One seed is one run.
//
// Checked, over what readers saw and at the end:
//   whole     a reader at T sees all of a batch or nothing, and what it sees is what everybody sees at T, for ever
//   strict    a reader that begins after the answer sees the batch
//   agreed    who answered "committed" is right, "given up" is right, and nobody is left with something prepared in the end
//
// What this does not do: keys. Every batch writes to all its partitions, and a partition has one key for each batch; conditions and waiting for
// keys are tested with the engine.

using IngoDB.Engine.Transactions;
using IngoDB.Model;

namespace IngoDB.Tests.Transactions;

/// <summary>Something that may not be.</summary>
public sealed class TransactionViolation(string what) : Exception(what);

internal sealed class TransactionModel(TransactionRules rules, int seed, int partitions = 3, int batches = 3)
{
    private const int CoordinatorPartition = 0;

    private readonly Random _random = new(seed);
    private readonly List<Action> _network = [];
    private readonly Partition[] _partitions = [.. Enumerable.Range(0, partitions).Select(_ => new Partition())];
    private readonly Driver[] _drivers = [.. Enumerable.Range(0, batches).Select(i => new Driver(i))];
    private readonly List<(ulong At, int Batch, bool Seen)> _seen = [];

    /// <summary>Milliseconds.</summary>
    private ulong _wall = 1_000_000;

    public int Committed { get; private set; }

    public int GivenUp { get; private set; }

    /// <summary>What is in the log, so that a crash leaves it; the clock never goes back, as the durable ceiling sees to it.</summary>
    private sealed class Partition
    {
        public readonly Dictionary<int, (TransactionRecord Record, DocumentVersion Version)> Known = [];
        public readonly Dictionary<int, DocumentVersion> Written = [];
        public readonly Dictionary<int, HashSet<int>> Finished = [];
        public readonly HashSet<int> Remembered = [];
        public DocumentVersion Clock;
    }

    private sealed class Driver(int batch)
    {
        public readonly Dictionary<int, DocumentVersion> Prepared = [];
        public readonly int Batch = batch;
        public bool IsDead;
        public bool HasAskedToDecide;
        public DocumentVersion Answered;
    }

    public void Run(int steps)
    {
        foreach (var driver in _drivers) Send(() => Start(driver), mayBeLost: false);
        for (var step = 0; step < steps; step++) Step();

        // Peace: nothing is lost any more, and whoever has something open asks.
        for (var round = 0; round < 40; round++)
        {
            _wall += 3_000;
            for (var p = 0; p < partitions; p++) Keep(p, isPeace: true);
            while (_network.Count > 0) Deliver(isPeace: true);
        }

        foreach (var driver in _drivers) CheckEnd(driver);
        for (var batch = 0; batch < batches; batch++) CheckSeen(batch);
    }

    private void Step()
    {
        _wall += (ulong)_random.Next(_random.Next(30) == 0 ? 4_000 : 40);
        switch (_random.Next(12))
        {
            case 0:
                foreach (var driver in _drivers) driver.IsDead |= _random.Next(25) == 0;
                break;
            case 1 or 2:
                Keep(_random.Next(partitions), isPeace: false);
                break;
            case 3 or 4:
                Read(_random.Next(batches));
                break;
            default:
                if (_network.Count > 0) Deliver(isPeace: false);
                break;
        }
    }

    private void Deliver(bool isPeace)
    {
        var at = _random.Next(_network.Count);
        var message = _network[at];
        var (isLost, isDoubled) = isPeace ? (false, false) : (_random.Next(20) == 0, _random.Next(12) == 0);
        if (!isDoubled) _network.RemoveAt(at);
        if (!isLost) message();
    }

    private void Send(Action message, bool mayBeLost = true)
    {
        if (!mayBeLost || _random.Next(40) != 0) _network.Add(message);
    }

    // Driver ------------------------------------------------------------------------------------------------------------------------

    private void Start(Driver driver)
    {
        for (var p = 1; p < partitions; p++)
        {
            var participant = p;
            Send(() =>
            {
                if (_partitions[participant].Known.ContainsKey(driver.Batch)) return;
                var version = Take(participant);
                _partitions[participant].Known[driver.Batch] = (new TransactionRecord.Prepared(CoordinatorPartition, [], default), version);
                Send(() => OnPrepared(driver, participant, version));
            });
        }
    }

    private void OnPrepared(Driver driver, int participant, DocumentVersion version)
    {
        if (driver.IsDead || !driver.Prepared.TryAdd(participant, version) || driver.Prepared.Count < partitions - 1 || driver.HasAskedToDecide) return;
        driver.HasAskedToDecide = true;
        var (earliest, latest) = (driver.Prepared.Values.Min(), driver.Prepared.Values.Max());
        Send(() => OnDecide(driver, earliest, latest));
    }

    private void OnDecide(Driver driver, DocumentVersion earliest, DocumentVersion latest)
    {
        var home = _partitions[CoordinatorPartition];
        if (home.Remembered.Contains(driver.Batch)) return; // RequestLedger: it is answered again
        Observe(CoordinatorPartition, latest);
        var version = Take(CoordinatorPartition);
        if (rules.Decide(Record(CoordinatorPartition, driver.Batch), earliest, version) != DecideChoice.Commit) return;
        if (home.Written.ContainsKey(driver.Batch)) throw new TransactionViolation($"batch {driver.Batch} was decided twice");
        home.Known[driver.Batch] = (new TransactionRecord.Committed([]), version);
        home.Written[driver.Batch] = version;
        home.Remembered.Add(driver.Batch);
        Send(() =>
        {
            if (!driver.IsDead) driver.Answered = version;
        });
        for (var p = 1; p < partitions; p++) Tell(p, driver.Batch, version);
    }

    // Partitions ---------------------------------------------------------------------------------------------------------------------

    private void Tell(int participant, int batch, DocumentVersion commit) => Send(() => Finish(participant, batch, commit));

    private void Finish(int participant, int batch, DocumentVersion commit)
    {
        var mine = _partitions[participant];
        Observe(participant, commit);
        var prepared = mine.Known.TryGetValue(batch, out var known) && known.Record is TransactionRecord.Prepared ? known.Version : DocumentVersion.None;
        switch (rules.Finish(prepared, commit))
        {
            case FinishChoice.Apply:
                mine.Known.Remove(batch);
                Take(participant);
                if (mine.Written.TryGetValue(batch, out var before)) throw new TransactionViolation($"batch {batch} was made twice in {participant}, at {before} and {commit}");
                mine.Written[batch] = commit;
                break;
            case FinishChoice.Drop:
                mine.Known.Remove(batch);
                Take(participant);
                break;
        }

        if (commit == DocumentVersion.None) return;
        Send(() =>
        {
            var home = _partitions[CoordinatorPartition];
            if (!home.Finished.TryGetValue(batch, out var finished)) home.Finished[batch] = finished = [];
            finished.Add(participant);
        });
    }

    /// <summary>What the keeper of a partition does: asks about what is prepared, tells and forgets what is decided.</summary>
    private void Keep(int partition, bool isPeace)
    {
        foreach (var (batch, (record, version)) in _partitions[partition].Known.ToList())
        {
            switch (record)
            {
                case TransactionRecord.Prepared:
                    Send(() => Ask(partition, batch, version), mayBeLost: !isPeace);
                    break;
                default:
                    if (record is TransactionRecord.Committed)
                        for (var p = 1; p < partitions; p++) Tell(p, batch, version);
                    var all = _partitions[CoordinatorPartition].Finished.TryGetValue(batch, out var finished) && finished.Count == partitions - 1;
                    if (rules.MayForget(record, all, Take(partition))) _partitions[partition].Known.Remove(batch);
                    break;
            }
        }
    }

    private void Ask(int participant, int batch, DocumentVersion prepared)
    {
        var home = _partitions[CoordinatorPartition];
        Observe(CoordinatorPartition, prepared);
        var now = Take(CoordinatorPartition);
        switch (rules.Ask(Record(CoordinatorPartition, batch), prepared, now, isGivenUp: false))
        {
            case AskChoice.IsCommitted:
                Tell(participant, batch, home.Known.TryGetValue(batch, out var known) ? known.Version : now);
                break;
            case AskChoice.IsAborted:
                Tell(participant, batch, DocumentVersion.None);
                break;
            case AskChoice.Abort:
                home.Known[batch] = (new TransactionRecord.Aborted(prepared), now);
                Tell(participant, batch, DocumentVersion.None);
                break;
        }
    }

    // Readers ------------------------------------------------------------------------------------------------------------------------

    /// <summary>At one point in time, in all partitions that do not make it wait. (Which it looks at, and when, is up to chance.)</summary>
    private void Read(int batch)
    {
        var wasAnswered = _drivers[batch].Answered;
        var at = _partitions.Max(partition => partition.Clock);
        for (var p = 0; p < partitions; p++)
        {
            var partition = p;
            Send(() =>
            {
                Observe(partition, at);
                var mine = _partitions[partition];
                if (mine.Known.Any(known => known.Value.Record is TransactionRecord.Prepared && rules.MustWait(known.Value.Version, at))) return; // it waits; another one reads later
                var isSeen = mine.Written.TryGetValue(batch, out var version) && version <= at;
                if (wasAnswered != DocumentVersion.None && !isSeen) throw new TransactionViolation($"batch {batch} was acknowledged at {wasAnswered} and not seen at {at} in {partition}");
                _seen.Add((at.Raw, batch, isSeen));
            });
        }
    }

    private void CheckSeen(int batch)
    {
        foreach (var point in _seen.Where(seen => seen.Batch == batch).GroupBy(seen => seen.At))
            if (point.Select(seen => seen.Seen).Distinct().Count() > 1) throw new TransactionViolation($"batch {batch} was seen in parts at {point.Key}");
    }

    private void CheckEnd(Driver driver)
    {
        var versions = _partitions.Select(partition => partition.Written.GetValueOrDefault(driver.Batch)).Distinct().ToList();
        if (versions.Count > 1) throw new TransactionViolation($"batch {driver.Batch} is {string.Join(", ", versions)}");
        if (driver.Answered != DocumentVersion.None && versions[0] != driver.Answered) throw new TransactionViolation($"batch {driver.Batch} was acknowledged at {driver.Answered} and is {versions[0]}");
        if (_partitions.Any(partition => partition.Known.ContainsKey(driver.Batch))) throw new TransactionViolation($"batch {driver.Batch} is still known in the end");
        if (versions[0] == DocumentVersion.None) GivenUp++;
        else Committed++;
    }

    private TransactionRecord? Record(int partition, int batch) => _partitions[partition].Known.TryGetValue(batch, out var known) ? known.Record : null;

    private DocumentVersion Take(int partition) => _partitions[partition].Clock = new(Math.Max(_partitions[partition].Clock.Raw + 1, DocumentVersion.AtMilliseconds((long)_wall).Raw));

    private void Observe(int partition, DocumentVersion version)
    {
        if (version > _partitions[partition].Clock) _partitions[partition].Clock = version;
    }
}
