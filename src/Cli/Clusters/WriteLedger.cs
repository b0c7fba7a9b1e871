// What clients were promised while silos died, told by who is never killed. Writers write documents of their own, one after the other, and
// note what each was answered; now and then they count a counter up. In the end the database is read and compared:
//
//   acknowledged        must be there, as it was written                       else lost, or wrong
//   unknown outcome     there or not, but as it was written
//   refused             must not be there                                      else a phantom, like what nobody wrote
//   a counter           as often as acknowledged, and for each unknown outcome once more at most
//
// Lanes are kinds of ids: with one lane for each partition, when a lane was acknowledged something says when its partition was served.

using System.Collections.Concurrent;
using System.Globalization;
using IngoDB.Client;
using IngoDB.Client.Collections;
using IngoDB.Model;

namespace IngoDB.Cli.Clusters;

/// <summary>Writes, notes, and judges. Thread-safe.</summary>
/// <param name="database">Asked for each write: clients are replaced.</param>
/// <param name="idOf">Id of document n of a lane; every pair another one.</param>
/// <param name="lanes">How many.</param>
/// <param name="time">The clock of the notes.</param>
internal sealed class WriteLedger(Func<IngoDatabase> database, Func<int, int, DocumentId> idOf, int lanes, TimeProvider time) : IDisposable
{
    private const string Documents = "ledger";
    private const string Counters = "ledger-counters";
    private const int CountsEvery = 8;

    private readonly ConcurrentDictionary<DocumentId, (int Number, Outcome Outcome)> _written = new();
    private readonly ConcurrentDictionary<DocumentId, (long Done, long Perhaps)> _counted = new();
    private readonly ConcurrentQueue<long>[] _acknowledgedAt = [.. Enumerable.Range(0, lanes).Select(_ => new ConcurrentQueue<long>())];
    private readonly SemaphoreSlim _oneMore = new(0);
    private readonly int[] _next = new int[lanes];
    private volatile bool _stopped;

    private enum Outcome
    {
        Acknowledged,
        Unknown,
        Refused,
    }

    public void Stop() => _stopped = true;

    /// <summary>Writers in every lane, until <see cref="Stop"/>; a failure that no failover explains ends all of them.</summary>
    public Task RunAsync(int writersOfLane, CancellationToken cancellationToken)
        => Task.WhenAll(Enumerable.Range(0, lanes * writersOfLane).Select(writer => Task.Run(() => WriteAsync(writer % lanes, writer, cancellationToken), cancellationToken)));

    /// <summary>Returns when so many more documents were acknowledged, from now on.</summary>
    public async Task MoreAcknowledgedAsync(int more, CancellationToken cancellationToken)
    {
        // Those of before, while nobody waited, say nothing of now.
        while (_oneMore.Wait(0, CancellationToken.None))
        {
        }

        for (var i = 0; i < more; i++) await _oneMore.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>When documents of a lane were acknowledged, in order: timestamps of the clock.</summary>
    public long[] AcknowledgedAt(int lane) => [.. _acknowledgedAt[lane]];

    /// <summary>The longest time in which a lane was acknowledged nothing, of those that ended in between; what was before does not count.</summary>
    public TimeSpan LongestSilence(int lane, long from, long until) => LongestSilence(AcknowledgedAt(lane), from, until, time);

    /// <summary>Reads everything back. Nobody may be writing any more.</summary>
    public async Task<LedgerVerdict> JudgeAsync(CancellationToken cancellationToken)
    {
        var found = (await database().Collection(Documents).Query().ToListAsync(cancellationToken).ConfigureAwait(false)).ToDictionary(document => document.Id);
        int lost = 0, wrong = 0, phantoms = found.Keys.Count(id => !_written.ContainsKey(id)), miscounted = 0;
        foreach (var (id, (number, outcome)) in _written)
        {
            if (!found.TryGetValue(id, out var document)) lost += outcome == Outcome.Acknowledged ? 1 : 0;
            else if (outcome == Outcome.Refused) phantoms++;
            else if (!document.Fields.Equals(DocumentOf(number))) wrong++;
        }

        foreach (var (id, (done, perhaps)) in _counted)
        {
            var counter = await database().Collection(Counters).GetAsync(id, cancellationToken).ConfigureAwait(false);
            if ((counter?["n"].AsInt64() ?? 0) is var n && (n < done || n > done + perhaps)) miscounted++;
        }

        return new(_written.Values.Count(note => note.Outcome == Outcome.Acknowledged), _written.Values.Count(note => note.Outcome == Outcome.Unknown), _written.Values.Count(note => note.Outcome == Outcome.Refused), lost, wrong, phantoms, miscounted);
    }

    public void Dispose() => _oneMore.Dispose();

    internal static TimeSpan LongestSilence(IReadOnlyList<long> acknowledgedAt, long from, long until, TimeProvider time)
    {
        var longest = TimeSpan.Zero;
        for (var i = 1; i < acknowledgedAt.Count; i++)
        {
            if (acknowledgedAt[i] < from || acknowledgedAt[i] > until) continue;
            var silence = time.GetElapsedTime(Math.Max(acknowledgedAt[i - 1], from), acknowledgedAt[i]);
            if (silence > longest) longest = silence;
        }

        return longest;
    }

    private async Task WriteAsync(int lane, int writer, CancellationToken cancellationToken)
    {
        try
        {
            await GoOnAsync(lane, writer, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            // Nobody reads on without one that has failed.
            _stopped = true;
        }
    }

    private async Task GoOnAsync(int lane, int writer, CancellationToken cancellationToken)
    {
        var counter = new DocumentId($"counter-{writer}");
        while (await OutcomeOfAsync(() => database().Collection(Counters).InsertIfMissingAsync(new(counter, default, Document.Of(("n", 0))), cancellationToken: cancellationToken)).ConfigureAwait(false) != Outcome.Acknowledged)
        {
            // The cluster is still forming.
        }

        for (var turn = 1; !_stopped; turn++)
        {
            if (turn % CountsEvery == 0) await CountAsync(counter, cancellationToken).ConfigureAwait(false);
            var number = Interlocked.Increment(ref _next[lane]);
            var id = idOf(lane, number);
            var outcome = await OutcomeOfAsync(() => database().Collection(Documents).UpsertAsync(new(id, default, DocumentOf(number)), cancellationToken: cancellationToken)).ConfigureAwait(false);
            _written[id] = (number, outcome);
            if (outcome != Outcome.Acknowledged) continue;
            _acknowledgedAt[lane].Enqueue(time.GetTimestamp());
            _oneMore.Release();
        }
    }

    private async Task CountAsync(DocumentId counter, CancellationToken cancellationToken)
    {
        var outcome = await OutcomeOfAsync(() => database().Collection(Counters).PatchAsync(counter, new Patch().Inc("n", 1), cancellationToken: cancellationToken)).ConfigureAwait(false);
        if (outcome == Outcome.Refused) return;
        (long Done, long Perhaps) one = outcome == Outcome.Acknowledged ? (1, 0) : (0, 1);
        _counted.AddOrUpdate(counter, one, (_, sum) => (sum.Done + one.Done, sum.Perhaps + one.Perhaps));
    }

    private static Document DocumentOf(int number) => Document.Of(("n", number), ("square", (long)number * number), ("text", string.Create(CultureInfo.InvariantCulture, $"entry {number} of the ledger")));

    private static async Task<Outcome> OutcomeOfAsync(Func<Task> write)
    {
        try
        {
            await write().ConfigureAwait(false);
            return Outcome.Acknowledged;
        }
        catch (UnknownOutcomeException)
        {
            return Outcome.Unknown;
        }
        catch (Exception e) when (e is UnavailableException or BusyException)
        {
            // Not done, and said so.
            return Outcome.Refused;
        }
    }
}

/// <summary>What was found in the end.</summary>
internal sealed record LedgerVerdict(int Acknowledged, int Unknown, int Refused, int Lost, int Wrong, int Phantoms, int Miscounted)
{
    public bool IsClean => Lost + Wrong + Phantoms + Miscounted == 0;

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Acknowledged:N0} writes acknowledged, {Unknown} unknown, {Refused} refused; {Lost} lost, {Wrong} wrong, {Phantoms} not written by anybody, {Miscounted} counters wrong");
}
