// An entry of the replicated log, the same on disk and on the wire:
//
//   lsn i64 | epoch i64 | kind u8 | version u64 | last version u64 | ceiling u64 | payload length i32 | payload

using IngoDB.Model;
using IngoDB.Replication.Logs;

namespace IngoDB.Grains.Replicas;

/// <summary>Entries as bytes.</summary>
internal static class LogEntryCodec
{
    public const int EntryHeadBytes = 45;

    public static void Write(ReplicaWriter target, LogEntry entry)
    {
        target.Long(entry.Lsn.Value);
        target.Long(entry.Epoch.Value);
        target.Byte((byte)entry.Kind);
        target.Ulong(entry.Version.Raw);
        target.Ulong(entry.LastVersion.Raw);
        target.Ulong(entry.Ceiling.Raw);
        target.Bytes(entry.Payload.Span);
    }

    /// <exception cref="CorruptionException">It ends too early, or says what can not be.</exception>
    public static LogEntry Read(ref ReplicaReader source)
    {
        var (lsn, epoch, kind) = (source.Long(), source.Long(), (EntryKind)source.Byte());
        var (version, last, ceiling) = (source.Ulong(), source.Ulong(), source.Ulong());
        if (lsn <= 0 || epoch <= 0 || kind is < EntryKind.Batch or > EntryKind.Ceiling || last < version) throw source.Corrupt("an entry that can not be");
        return new(new(lsn), new(epoch), kind, new(version), new(ceiling), source.Bytes()) { LastVersion = new(last) };
    }
}
