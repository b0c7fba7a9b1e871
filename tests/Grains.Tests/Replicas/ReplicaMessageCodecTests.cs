// What copies say to each other comes from the network: it comes back as it was, or is refused.

using IngoDB.Grains.Replicas;
using IngoDB.Model;
using IngoDB.Replication.Logs;
using IngoDB.Replication.Members;
using IngoDB.Replication.Messages;

namespace Grains.Tests.Replicas;

public sealed class ReplicaMessageCodecTests
{
    private static readonly EpochHistory s_history = EpochHistory.Empty.Extend(new(1), new(1)).Extend(new(4), new(9));

    private static readonly ReplicaMessage[] s_messages =
    [
        new Append(new(4), new(9), new(4), [], new(8), new(new(77), new(6)), TimeSpan.FromSeconds(3)),
        new Append(new(4), new(9), new(1), [Entry(10, "a"), Entry(11, "")], new(8), default, TimeSpan.Zero) { Fresh = new(TimeSpan.FromSeconds(9), new(78), new(8)) },
        new Appended(new(4), new(11), TimeSpan.FromMilliseconds(5)) { Stamp = TimeSpan.FromSeconds(9), IsPromise = true },
        new Mismatch(new(4), new(12), s_history, TimeSpan.FromHours(2), NeedsSnapshot: true),
        new Mismatch(new(4), Lsn.None, EpochHistory.Empty, Moment(-1), NeedsSnapshot: false),
        new Refused(new(5)),
        new Confirm(new(4), 12),
        new Confirmed(new(4), 12),
        new HandOff(new(4), new(12)),
    ];

    [Fact]
    public void Every_message_comes_back_as_it_was()
    {
        foreach (var message in s_messages)
        {
            var bytes = ReplicaMessageCodec.Write(Around(message));
            var read = ReplicaMessageCodec.Read(bytes);
            Assert.Equal((Around(message).From, Around(message).To, message.GetType()), (read.From, read.To, read.Message.GetType()));
            Assert.Equal(bytes, ReplicaMessageCodec.Write(read));
        }
    }

    [Fact]
    public void Nothing_shorter_and_nothing_longer_is_taken()
    {
        foreach (var bytes in s_messages.Select(message => ReplicaMessageCodec.Write(Around(message))))
        {
            for (var length = 0; length < bytes.Length; length++) Assert.Throws<CorruptionException>(() => ReplicaMessageCodec.Read(bytes.AsMemory(0, length)));
            Assert.Throws<CorruptionException>(() => ReplicaMessageCodec.Read((byte[])[.. bytes, 0]));
        }
    }

    [Fact]
    public void Changed_bytes_are_refused_or_are_another_message_and_never_anything_else()
    {
        var random = new Random(3);
        for (var round = 0; round < 20_000; round++)
        {
            var bytes = ReplicaMessageCodec.Write(Around(s_messages[random.Next(s_messages.Length)]));
            bytes[random.Next(bytes.Length)] ^= (byte)random.Next(1, 256);
            try
            {
                ReplicaMessageCodec.Read(bytes);
            }
            catch (CorruptionException)
            {
                // Refused.
            }
        }
    }

    private static Envelope Around(ReplicaMessage message) => new(new(new(new Guid(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11)), 3), new(new(new Guid(11, 2, 3, 4, 5, 6, 7, 8, 9, 10, 1)), 0), message);

    private static LogEntry Entry(long lsn, string text) => new(new(lsn), new(4), EntryKind.Batch, new(100), new(7), System.Text.Encoding.UTF8.GetBytes(text)) { LastVersion = new(102) };

    private static TimeSpan Moment(int days) => TimeSpan.FromDays(days);
}
