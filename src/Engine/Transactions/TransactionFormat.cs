// What a partition knows of an atomic batch over several partitions: an entry like every other, in a collection that has no name and
// no reader but this folder. So the log, a flush, a merge, a copy of the partition and a restart keep it as they keep documents:
//
//   key    = the collection Transactions | id key of a uuid: the transaction
//   row    = a document of one field, "r": Bytes, as of a remembered request
//
//   bytes  = format u8 = 1 | kind u8 | what the kind says
//   kind 1   PREPARED, at a participant: coordinator partition varint
//            | count varint | keys that are held and not written, length varint before each
//            | the writes: a batch (WriteBatchFormat) as the first of a segment, until the end
//   kind 2   COMMITTED, at the coordinator partition: count varint | participants, a varint each
//   kind 3   ABORTED, at the coordinator partition: prepared u64 LE, the version of the PREPARED whose participant asked
//
// The entry's version says the rest: when it was prepared, or the version of the commit. It is deleted when it has done its
// work: PREPARED in the same batch that makes the writes (with their given version, WriteBatchFormat.cs) or drops them, COMMITTED
// when every participant has done so, ABORTED when a decision would come too late in any case.

namespace IngoDB.Engine.Transactions;

/// <summary>The constants of what is known of a transaction; see docs/formats/transaction.md.</summary>
internal static class TransactionFormat
{
    public const byte Version = 1;
    public const byte PreparedKind = 1;
    public const byte CommittedKind = 2;
    public const byte AbortedKind = 3;
    public const int HeadBytes = 2;
}
