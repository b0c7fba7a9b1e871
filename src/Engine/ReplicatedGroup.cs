// One entry of a replicated log: the batches of the requests that were decided together.
//
//   group = format u8 = 1 | part | part ...
//   part  = version offset u32 LE | batch length u32 LE | batch (WriteBatchFormat, as the first of a segment)
//
// A part is what the engine's own log takes as a record, so that a crash leaves whole parts; who applies an entry again leaves out
// the parts that it has (their versions are below its newest).

using System.Buffers;
using System.Buffers.Binary;
using IngoDB.Engine.Entries;
using IngoDB.Model;

namespace IngoDB.Engine;

/// <summary>Writes and reads groups.</summary>
internal static class ReplicatedGroup
{
    public const byte Version = 1;

    private const int PartHeadBytes = 2 * sizeof(uint);

    public static void Begin(ArrayBufferWriter<byte> target)
    {
        target.ResetWrittenCount();
        target.GetSpan(1)[0] = Version;
        target.Advance(1);
    }

    public static void Add(ArrayBufferWriter<byte> target, uint versionOffset, WriteBatchBuilder batch)
    {
        var bytes = batch.ToArray();
        var head = target.GetSpan(PartHeadBytes);
        BinaryPrimitives.WriteUInt32LittleEndian(head, versionOffset);
        BinaryPrimitives.WriteUInt32LittleEndian(head[sizeof(uint)..], (uint)bytes.Length);
        target.Advance(PartHeadBytes);
        target.Write(bytes);
    }

    /// <summary>The next part; false at the end.</summary>
    /// <param name="rest">Of the group, without its format.</param>
    /// <exception cref="CorruptionException">Lengths that can not be.</exception>
    public static bool TryNext(ref ReadOnlySpan<byte> rest, out uint versionOffset, out ReadOnlySpan<byte> batch)
    {
        versionOffset = 0;
        batch = default;
        if (rest.IsEmpty) return false;
        if (rest.Length < PartHeadBytes) throw new CorruptionException("replicated group", 0, "it ends within the head of a part");
        versionOffset = BinaryPrimitives.ReadUInt32LittleEndian(rest);
        var length = BinaryPrimitives.ReadUInt32LittleEndian(rest[sizeof(uint)..]);
        if (length > rest.Length - PartHeadBytes) throw new CorruptionException("replicated group", 0, "a length exceeds the bytes that are left");
        batch = rest.Slice(PartHeadBytes, (int)length);
        rest = rest[(PartHeadBytes + (int)length)..];
        return true;
    }

    /// <exception cref="UnsupportedFormatException">Of a newer program.</exception>
    public static ReadOnlySpan<byte> PartsOf(ReadOnlySpan<byte> group)
        => !group.IsEmpty && group[0] == Version ? group[1..] : throw new UnsupportedFormatException("replicated group", group.IsEmpty ? -1 : group[0], Version);
}
