// One file of a replicated log.
//
//   0000000000000042.rlog   head | record | record | ... | zeros (allocated ahead)
//
//   head, 40 bytes                                     record, 32 bytes and the entry, padded with zeros to 8
//    0  magic "INGORLG\n"                               0  checksum u64 of the rest, seeded with the first lsn
//    8  format u32                                      8  bytes of the entry i32
//   12  zero                                           12  zero
//   16  first lsn i64 (that of the name)               16  checksum u64 of the record before (of the head, for the first)
//   24  checksum u64 of the last record before, or 0   24  synced lsn i64: everything up to it was durable when this was written
//   32  checksum u64 of the 32 bytes before            32  entry (LogEntryCodec)
//
// The checksum is XxHash3. Each record vouches for what was synced before it, and for its predecessor.

using System.Buffers.Binary;
using System.Globalization;
using System.IO.Hashing;
using IngoDB.Engine.Files;
using IngoDB.Replication.Logs;

namespace IngoDB.Grains.Replicas;

/// <summary>A segment that is open: where its records stand.</summary>
internal sealed class LogSegment(IFile file, Lsn first) : IDisposable
{
    public const int FormatKnown = 1;
    public const int HeadBytes = 40;
    public const int RecordHeadBytes = 32;
    public const string Extension = ".rlog";
    private const int Alignment = 8;

    private static ReadOnlySpan<byte> Magic => "INGORLG\n"u8;

    public IFile File { get; } = file;

    public Lsn First { get; } = first;

    /// <summary>Where record First + i begins.</summary>
    public List<long> Offsets { get; } = [];

    public Lsn Last => new(First.Value + Offsets.Count - 1);

    /// <summary>Where the next record begins.</summary>
    public long End { get; set; } = HeadBytes;

    public long Allocated { get; set; }

    public ulong LastChecksum { get; set; }

    /// <summary>Something was written and not synced.</summary>
    public bool IsDirty { get; set; }

    public static string NameOf(Lsn first) => string.Create(CultureInfo.InvariantCulture, $"{first.Value:D16}{Extension}");

    public static Lsn? FirstOf(string name)
        => name.EndsWith(Extension, StringComparison.Ordinal) && long.TryParse(name.AsSpan(0, name.Length - Extension.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var first) && NameOf(new(first)) == name ? new(first) : null;

    public static byte[] Head(Lsn first, ulong before)
    {
        var head = new byte[HeadBytes];
        Magic.CopyTo(head);
        BinaryPrimitives.WriteInt32LittleEndian(head.AsSpan(8), FormatKnown);
        BinaryPrimitives.WriteInt64LittleEndian(head.AsSpan(16), first.Value);
        BinaryPrimitives.WriteUInt64LittleEndian(head.AsSpan(24), before);
        BinaryPrimitives.WriteUInt64LittleEndian(head.AsSpan(32), XxHash3.HashToUInt64(head.AsSpan(0, 32)));
        return head;
    }

    /// <summary>Null: it does not check.</summary>
    public static (int Format, ulong Before, ulong Checksum)? ReadHead(ReadOnlySpan<byte> bytes, Lsn first)
    {
        if (bytes.Length < HeadBytes || !bytes[..8].SequenceEqual(Magic)) return null;
        var checksum = BinaryPrimitives.ReadUInt64LittleEndian(bytes[32..]);
        if (checksum != XxHash3.HashToUInt64(bytes[..32]) || BinaryPrimitives.ReadInt64LittleEndian(bytes[16..]) != first.Value) return null;
        return (BinaryPrimitives.ReadInt32LittleEndian(bytes[8..]), BinaryPrimitives.ReadUInt64LittleEndian(bytes[24..]), checksum);
    }

    /// <summary>Writes a record behind what is there; gives its checksum.</summary>
    public static ulong WriteRecord(ReplicaWriter target, ReplicaWriter scratch, LogEntry entry, Lsn segment, ulong before, Lsn synced)
    {
        LogEntryCodec.Write(scratch, entry);
        var bytes = scratch.Written;
        var record = new byte[RecordBytes(bytes.Length)];
        BinaryPrimitives.WriteInt32LittleEndian(record.AsSpan(8), bytes.Length);
        BinaryPrimitives.WriteUInt64LittleEndian(record.AsSpan(16), before);
        BinaryPrimitives.WriteInt64LittleEndian(record.AsSpan(24), synced.Value);
        bytes.CopyTo(record.AsSpan(RecordHeadBytes));
        var checksum = XxHash3.HashToUInt64(record.AsSpan(sizeof(ulong)), segment.Value);
        BinaryPrimitives.WriteUInt64LittleEndian(record, checksum);
        target.Raw(record);
        return checksum;
    }

    /// <summary>The record at the begin of these bytes; null: none that checks.</summary>
    public static LogRecordRead? ReadRecord(ReadOnlyMemory<byte> bytes, Lsn segment)
    {
        if (bytes.Length < RecordHeadBytes) return null;
        var head = bytes.Span;
        var length = BinaryPrimitives.ReadInt32LittleEndian(head[8..]);
        if (length < LogEntryCodec.EntryHeadBytes || length > bytes.Length - RecordHeadBytes) return null;
        var size = RecordBytes(length);
        if (size > bytes.Length) return null;
        var checksum = BinaryPrimitives.ReadUInt64LittleEndian(head);
        if (checksum != XxHash3.HashToUInt64(head[sizeof(ulong)..size], segment.Value)) return null;
        var reader = new ReplicaReader(bytes.Slice(RecordHeadBytes, length), NameOf(segment));
        return new(LogEntryCodec.Read(ref reader), size, checksum, BinaryPrimitives.ReadUInt64LittleEndian(head[16..]), new(BinaryPrimitives.ReadInt64LittleEndian(head[24..])));
    }

    public void Dispose()
    {
        using var closed = File;
    }

    private static int RecordBytes(int entryBytes) => (RecordHeadBytes + entryBytes + Alignment - 1) & -Alignment;
}

/// <summary>A record that checks.</summary>
/// <param name="Size">With head and padding.</param>
/// <param name="Before">Checksum of the record before it.</param>
/// <param name="Synced">What it vouches for.</param>
internal readonly record struct LogRecordRead(LogEntry Entry, int Size, ulong Checksum, ulong Before, Lsn Synced);
