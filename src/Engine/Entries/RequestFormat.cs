// What a partition remembers of a request that carried (session, sequence): the outcomes that were sent, written in the
// same batch as its writes, so that both are there after a crash or neither is. It is an entry like every other, in a
// collection that has no name and no reader but the request ledger:
//
//   key    = the collection Requests | id key of a uuid: 14 bytes of the session, slot u16 big-endian; slot = sequence mod Slots
//   row    = a document of one field, "r": Bytes
//
//   bytes  = format u8 = 1 | kind u8 | sequence u64 | fingerprint u64 | what the kind says
//   kind 1   Outcomes: runs, until the end
//   kind 2   Progress: flags u8 (1: done) | matched, modified, conflicts, refused u64 each | the last document's id key, length before it
//            | code and message of the first refusal, length before each, until the end
//
//   run    = head u8 | count varint | version, if any | code and message, if any (each length varint | UTF-8)
//   head   = status (4 bits) | 16: version is the entry's minus a varint | 32: version is a u64 | 64: code and message
//
// Outcome i of a run with a status that writes has the run's version + i (of an atomic batch: runs of one). A thousand inserts
// are one run. Numbers are little-endian. A slot is taken over by later sequences, so a session never has more than Slots of
// these entries; which of them is newer says the sequence in the row.

namespace IngoDB.Engine.Entries;

/// <summary>The constants of what is remembered of a request; see docs/formats/request.md.</summary>
internal static class RequestFormat
{
    public const byte Version = 1;
    public const int Slots = 4096;
    public const int SessionBytes = 14;
    public const byte OutcomesKind = 1;
    public const byte ProgressKind = 2;
    public const int HeadBytes = 18;
    public const byte StatusMask = 15;
    public const byte BackBit = 16;
    public const byte VersionBit = 32;
    public const byte ErrorBit = 64;
    public const byte DoneFlag = 1;
    public const string Field = "r";
}
