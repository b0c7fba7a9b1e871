// What happens to copies, counted, under the meter "IngoDB.Replication": one instrument a question that an operator has, tagged with the database. A change of a
// record is counted by the copy that made it, so a sum over silos counts each once.
//
//   ingodb.replication.take_overs          how often partitions changed their primary
//   ingodb.replication.in_sync_changes     change = joined | left
//   ingodb.replication.copies              what = ordered | cancelled | moved | retired | erased | imported | forced
//   ingodb.replication.alarms              kind = of what the protocol does not mend by itself, and damage
//   ingodb.replication.messages            kind = of what copies say to each other, counted by who says it
//   ingodb.replication.refused             requests that were refused because too few copies are in sync
//   ingodb.replication.near_reads          by = follower | primary | other: of a copy on the silo of the caller, answered by it as what it is, or not by it
//   ingodb.replication.lacking             partitions led here that have fewer copies in sync than wanted (now)

using System.Diagnostics.Metrics;
using IngoDB.Replication.Effects;
using IngoDB.Replication.Messages;

namespace IngoDB.Grains.Replicas;

/// <summary>Counters of this silo. Thread-safe.</summary>
internal sealed class ReplicaMetrics : IDisposable
{
    public const string MeterName = "IngoDB.Replication";

    private readonly Meter _meter = new(MeterName);
    private readonly Counter<long> _takeOvers;
    private readonly Counter<long> _inSyncChanges;
    private readonly Counter<long> _copies;
    private readonly Counter<long> _alarms;
    private readonly Counter<long> _messages;
    private readonly Counter<long> _refused;
    private readonly Counter<long> _nearReads;

    public ReplicaMetrics()
    {
        _takeOvers = _meter.CreateCounter<long>("ingodb.replication.take_overs", description: "Partitions that got another primary.");
        _inSyncChanges = _meter.CreateCounter<long>("ingodb.replication.in_sync_changes", description: "Copies that joined or left the in-sync set.");
        _copies = _meter.CreateCounter<long>("ingodb.replication.copies", description: "Copies that were ordered, moved, retired, erased, imported or forced.");
        _alarms = _meter.CreateCounter<long>("ingodb.replication.alarms", description: "What the protocol does not mend by itself, and damage that it does.");
        _messages = _meter.CreateCounter<long>("ingodb.replication.messages", description: "Messages to copies on other nodes.");
        _refused = _meter.CreateCounter<long>("ingodb.replication.refused", description: "Requests refused because too few copies are in sync.");
        _nearReads = _meter.CreateCounter<long>("ingodb.replication.near_reads", description: "Reads of a partition that a copy on the caller's silo was asked for.");
    }

    /// <summary>How many partitions that are led here have fewer copies in sync than wanted.</summary>
    public void Observe(Func<int> lacking) => _meter.CreateObservableGauge("ingodb.replication.lacking", lacking, description: "Partitions led here with fewer copies in sync than wanted.");

    public void TookOver(string database) => _takeOvers.Add(1, Of(database));

    public void Joined(string database) => _inSyncChanges.Add(1, Of(database), new KeyValuePair<string, object?>("change", "joined"));

    public void Left(string database) => _inSyncChanges.Add(1, Of(database), new KeyValuePair<string, object?>("change", "left"));

    /// <param name="database">Whose.</param>
    /// <param name="what">ordered, cancelled, moved, retired, erased, imported, forced.</param>
    public void Copy(string database, string what) => _copies.Add(1, Of(database), new KeyValuePair<string, object?>("what", what));

    public void Raised(string database, AlarmKind kind) => _alarms.Add(1, Of(database), new KeyValuePair<string, object?>("kind", kind.ToString()));

    public void Damaged(string database) => _alarms.Add(1, Of(database), new KeyValuePair<string, object?>("kind", "Damage"));

    public void Sent(string database, ReplicaMessage message)
    {
        if (_messages.Enabled) _messages.Add(1, Of(database), new KeyValuePair<string, object?>("kind", message.GetType().Name));
    }

    public void Refused(string database) => _refused.Add(1, Of(database));

    /// <param name="database">Whose.</param>
    /// <param name="by">follower, primary, other.</param>
    public void NearRead(string database, string by) => _nearReads.Add(1, Of(database), new KeyValuePair<string, object?>("by", by));

    public void Dispose() => _meter.Dispose();

    private static KeyValuePair<string, object?> Of(string database) => new("database", database);
}
