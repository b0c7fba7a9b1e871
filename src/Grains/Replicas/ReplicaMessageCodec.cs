// What replicas say to each other, as bytes of a packet:
//
//   from: copy 16, incarnation u64 | to: copy 16, incarnation u64 | kind u8 | epoch i64 | what the kind says
//
// Kinds are never given again. A snapshot is told by the files that it consists of; they are fetched (SnapshotImport).

using System.Text;
using IngoDB.Model;
using IngoDB.Replication.Logs;
using IngoDB.Replication.Members;
using IngoDB.Replication.Messages;

namespace IngoDB.Grains.Replicas;

/// <summary>Envelopes as bytes.</summary>
internal static class ReplicaMessageCodec
{
    private const string Source = "message of a replica";

    public static byte[] Write(Envelope envelope)
    {
        var target = new ReplicaWriter();
        Write(target, envelope.From);
        Write(target, envelope.To);
        var message = envelope.Message;
        target.Byte(KindOf(message));
        target.Long(message.Epoch.Value);
        switch (message)
        {
            case Append append: Write(target, append); break;
            case Appended appended:
                Write(target, appended.Match, appended.SentAt);
                target.Long(appended.Stamp.Ticks);
                target.Byte(appended.IsPromise ? (byte)1 : (byte)0);
                break;
            case Mismatch mismatch:
                Write(target, mismatch.Last, mismatch.SentAt);
                Write(target, mismatch.History);
                target.Byte(mismatch.NeedsSnapshot ? (byte)1 : (byte)0);
                break;
            case Confirm confirm: target.Long(confirm.Round); break;
            case Confirmed confirmed: target.Long(confirmed.Round); break;
            case HandOff handOff: target.Long(handOff.Last.Value); break;
            case Snapshot snapshot: Write(target, snapshot); break;
            default: Invariant.Holds(message is Refused or Leave); break;
        }

        return target.Written.ToArray();
    }

    /// <exception cref="CorruptionException">It is none of ours.</exception>
    public static Envelope Read(ReadOnlyMemory<byte> packet)
    {
        var source = new ReplicaReader(packet, Source);
        var from = ReadAddress(ref source);
        var to = ReadAddress(ref source);
        var kind = source.Byte();
        var epoch = new Epoch(source.Long());
        ReplicaMessage message = kind switch
        {
            1 => ReadAppend(ref source, epoch),
            2 => new Appended(epoch, new(source.Long()), new(source.Long())) { Stamp = new(source.Long()), IsPromise = source.Byte() != 0 },
            3 => ReadMismatch(ref source, epoch),
            4 => new Refused(epoch),
            5 => new Confirm(epoch, source.Long()),
            6 => new Confirmed(epoch, source.Long()),
            7 => new HandOff(epoch, new(source.Long())),
            8 => ReadSnapshot(ref source, epoch),
            9 => new Leave(epoch),
            _ => throw source.Corrupt($"kind {kind}"),
        };
        return source.IsAtEnd && epoch.Value >= 0 ? new(from, to, message) : throw source.Corrupt("bytes behind its end");
    }

    public static void Write(ReplicaWriter target, EpochHistory history)
    {
        target.Int(history.Runs.Length);
        foreach (var run in history.Runs)
        {
            target.Long(run.Epoch.Value);
            target.Long(run.First.Value);
        }
    }

    public static EpochHistory ReadHistory(ref ReplicaReader source)
    {
        var runs = new EpochRun[source.Count(2 * sizeof(long))];
        for (var i = 0; i < runs.Length; i++) runs[i] = new(new(source.Long()), new(source.Long()));
        return EpochHistory.From(runs);
    }

    private static byte KindOf(ReplicaMessage message) => message switch
    {
        Append => 1,
        Appended => 2,
        Mismatch => 3,
        Refused => 4,
        Confirm => 5,
        Confirmed => 6,
        HandOff => 7,
        Snapshot => 8,
        Leave => 9,
        _ => throw new InvariantViolationException($"a message that is not sent: {message.GetType().Name}"),
    };

    private static void Write(ReplicaWriter target, Append append)
    {
        target.Long(append.Prev.Value);
        target.Long(append.PrevEpoch.Value);
        target.Long(append.Commit.Value);
        target.Ulong(append.Closed.Version.Raw);
        target.Long(append.Closed.Lsn.Value);
        target.Long(append.SentAt.Ticks);
        target.Long(append.Fresh.Since.Ticks);
        target.Ulong(append.Fresh.Version.Raw);
        target.Long(append.Fresh.Lsn.Value);
        target.Int(append.Entries.Count);
        foreach (var entry in append.Entries) LogEntryCodec.Write(target, entry);
    }

    private static Append ReadAppend(ref ReplicaReader source, Epoch epoch)
    {
        var (prev, prevEpoch, commit) = (new Lsn(source.Long()), new Epoch(source.Long()), new Lsn(source.Long()));
        var closed = new ClosedPoint(new(source.Ulong()), new(source.Long()));
        var sentAt = new TimeSpan(source.Long());
        var fresh = new FreshPoint(new(source.Long()), new(source.Ulong()), new(source.Long()));
        var entries = new LogEntry[source.Count(LogEntryCodec.EntryHeadBytes)];
        for (var i = 0; i < entries.Length; i++)
        {
            entries[i] = LogEntryCodec.Read(ref source);
            if (entries[i].Lsn != prev + (i + 1)) throw source.Corrupt("entries that do not follow each other");
        }

        return new(epoch, prev, prevEpoch, entries, commit, closed, sentAt) { Fresh = fresh };
    }

    private static Mismatch ReadMismatch(ref ReplicaReader source, Epoch epoch)
    {
        var (last, sentAt) = (new Lsn(source.Long()), new TimeSpan(source.Long()));
        var history = ReadHistory(ref source);
        return new(epoch, last, history, sentAt, source.Byte() != 0);
    }

    private static void Write(ReplicaWriter target, Snapshot snapshot)
    {
        var offer = (SnapshotOffer)snapshot.Content;
        target.Long(snapshot.Lsn.Value);
        Write(target, snapshot.History);
        target.Ulong(snapshot.Ceiling.Raw);
        target.Ulong(snapshot.LastVersion.Raw);
        target.Id(offer.From.Value);
        target.Id(offer.Id);
        target.Int(offer.Files.Length);
        foreach (var file in offer.Files)
        {
            target.Bytes(Encoding.UTF8.GetBytes(file.Name));
            target.Long(file.Bytes);
        }
    }

    private static Snapshot ReadSnapshot(ref ReplicaReader source, Epoch epoch)
    {
        var lsn = new Lsn(source.Long());
        var history = ReadHistory(ref source);
        var (ceiling, version) = (source.Ulong(), source.Ulong());
        var (from, id) = (source.Id(), source.Id());
        var files = new SnapshotFile[source.Count(sizeof(int) + sizeof(long))];
        for (var i = 0; i < files.Length; i++)
        {
            files[i] = new(Encoding.UTF8.GetString(source.Bytes().Span), source.Long());
            if (files[i].Bytes < 0) throw source.Corrupt("a file of less than nothing");
        }

        return new(epoch, lsn, history, new(ceiling), new(version), new SnapshotOffer(new(from), id, [.. files]));
    }

    private static void Write(ReplicaWriter target, Lsn lsn, TimeSpan sentAt)
    {
        target.Long(lsn.Value);
        target.Long(sentAt.Ticks);
    }

    private static void Write(ReplicaWriter target, ReplicaAddress address)
    {
        target.Id(address.Copy.Value);
        target.Ulong(address.Incarnation);
    }

    private static ReplicaAddress ReadAddress(ref ReplicaReader source) => new(new(source.Id()), source.Ulong());
}
