// The three things that a partition may know of a transaction, and their bytes, drawn in TransactionFormat.cs.

using System.Buffers;
using System.Buffers.Binary;
using IngoDB.Engine.Entries;
using IngoDB.Model;

namespace IngoDB.Engine.Transactions;

/// <summary>What an entry tells of a transaction; its version is the entry's.</summary>
internal abstract record TransactionRecord
{
    /// <summary>One for everything that is hidden, so that its name is no field of anybody's documents.</summary>
    public static Shape Shape => RequestRecord.Shape;

    /// <summary>The entry's key.</summary>
    public static byte[] KeyOf(TransactionId transaction) => EntryKey.Of(CollectionId.Transactions, new(transaction.Value));

    public static TransactionId IdOf(ReadOnlySpan<byte> key) => new(EntryKey.IdOf(key).Uuid);

    /// <exception cref="UnsupportedFormatException">Of a newer program.</exception>
    public static TransactionRecord Read(Shape shape, ReadOnlySpan<byte> row)
    {
        var bytes = new RowReader(shape, row).Field(RequestFormat.Field).Payload;
        if (bytes.Length < TransactionFormat.HeadBytes || bytes[0] != TransactionFormat.Version)
            throw new UnsupportedFormatException("a transaction", bytes.IsEmpty ? -1 : bytes[0], TransactionFormat.Version);
        var rest = bytes[TransactionFormat.HeadBytes..];
        var at = 0;
        switch (bytes[1])
        {
            case TransactionFormat.PreparedKind:
                var coordinator = Varint.Read(rest, ref at);
                var held = new byte[Varint.Read(rest, ref at)][];
                for (var i = 0; i < held.Length; i++)
                {
                    var length = Varint.Read(rest, ref at);
                    held[i] = rest.Slice(at, length).ToArray();
                    at += length;
                }

                return new Prepared(coordinator, held, rest[at..].ToArray());
            case TransactionFormat.CommittedKind:
                var participants = new int[Varint.Read(rest, ref at)];
                for (var i = 0; i < participants.Length; i++) participants[i] = Varint.Read(rest, ref at);
                return new Committed(participants);
            case TransactionFormat.AbortedKind:
                return new Aborted(new(BinaryPrimitives.ReadUInt64LittleEndian(rest)));
            default:
                throw new UnsupportedFormatException("a transaction's kind", bytes[1], TransactionFormat.AbortedKind);
        }
    }

    /// <summary>A row of <see cref="Shape"/>.</summary>
    public byte[] ToRow()
    {
        var bytes = new ArrayBufferWriter<byte>(64);
        Write(bytes);
        return new DocWriter().Begin(Shape).WriteBytes(bytes.WrittenSpan).Row.ToArray();
    }

    protected abstract void Write(ArrayBufferWriter<byte> target);

    private static void Begin(ArrayBufferWriter<byte> target, byte kind) => target.Write([TransactionFormat.Version, kind]);

    /// <summary>A participant can commit, and waits for the word of the coordinator partition.</summary>
    /// <param name="Held">Keys whose state the batch rests on and does not write.</param>
    /// <param name="Batch">The writes.</param>
    public sealed record Prepared(int Coordinator, IReadOnlyList<byte[]> Held, ReadOnlyMemory<byte> Batch) : TransactionRecord
    {
        protected override void Write(ArrayBufferWriter<byte> target)
        {
            Begin(target, TransactionFormat.PreparedKind);
            Varint.Write(target, Coordinator);
            Varint.Write(target, Held.Count);
            foreach (var key in Held)
            {
                Varint.Write(target, key.Length);
                target.Write(key);
            }

            target.Write(Batch.Span);
        }
    }

    /// <summary>All of it is so, at the entry's version.</summary>
    /// <param name="Participants">Partitions that have to be told, without the coordinator partition.</param>
    public sealed record Committed(IReadOnlyList<int> Participants) : TransactionRecord
    {
        protected override void Write(ArrayBufferWriter<byte> target)
        {
            Begin(target, TransactionFormat.CommittedKind);
            Varint.Write(target, Participants.Count);
            foreach (var participant in Participants) Varint.Write(target, participant);
        }
    }

    /// <summary>None of it is, and never will be.</summary>
    /// <param name="PreparedAt">When the participant that asked had prepared.</param>
    public sealed record Aborted(DocumentVersion PreparedAt) : TransactionRecord
    {
        protected override void Write(ArrayBufferWriter<byte> target)
        {
            Begin(target, TransactionFormat.AbortedKind);
            BinaryPrimitives.WriteUInt64LittleEndian(target.GetSpan(sizeof(ulong)), PreparedAt.Raw);
            target.Advance(sizeof(ulong));
        }
    }
}
