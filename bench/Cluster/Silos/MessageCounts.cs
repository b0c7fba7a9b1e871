// What a silo sends, by the meters that are there anyway: Orleans' own of message sizes, and the replication's of what copies say to each other.

using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace IngoDB.ClusterBench.Silos;

/// <summary>Counts from its construction on. Thread-safe.</summary>
internal sealed class MessageCounts : IDisposable
{
    private const string SentSizes = "orleans-messaging-sent-messages-size";
    private const string CopyMessages = "ingodb.replication.messages";

    private readonly MeterListener _listener = new();
    private readonly ConcurrentDictionary<string, long> _kinds = new(StringComparer.Ordinal);
    private long _messages;
    private long _bytes;

    public MessageCounts()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Name is SentSizes or CopyMessages) listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<int>((instrument, size, tags, _) => Count(instrument, size, tags));
        _listener.SetMeasurementEventCallback<long>((instrument, size, tags, _) => Count(instrument, size, tags));
        _listener.Start();
    }

    public Counts Now => new(Interlocked.Read(ref _messages), Interlocked.Read(ref _bytes), new Dictionary<string, long>(_kinds));

    public void Dispose() => _listener.Dispose();

    private void Count(Instrument instrument, long value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (instrument.Name == SentSizes)
        {
            Interlocked.Increment(ref _messages);
            Interlocked.Add(ref _bytes, value);
            return;
        }

        foreach (var (tag, kind) in tags)
            if (tag == "kind") _kinds.AddOrUpdate((string)kind!, value, (_, sum) => sum + value);
    }
}

/// <summary>Messages and bytes sent to other processes, and messages of copies by kind.</summary>
internal sealed record Counts(long Messages, long Bytes, Dictionary<string, long> Kinds)
{
    public static Counts Sum(IEnumerable<Counts> counts)
    {
        var all = counts.ToList();
        return new(all.Sum(c => c.Messages), all.Sum(c => c.Bytes), all.SelectMany(c => c.Kinds).GroupBy(kind => kind.Key).ToDictionary(kind => kind.Key, kind => kind.Sum(k => k.Value)));
    }

    public long Of(string kind) => Kinds.GetValueOrDefault(kind);

    /// <summary>What came since then.</summary>
    public Counts Since(Counts before) => new(Messages - before.Messages, Bytes - before.Bytes, Kinds.ToDictionary(kind => kind.Key, kind => kind.Value - before.Of(kind.Key)));
}
