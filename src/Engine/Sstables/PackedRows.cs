// A rows frame on disk takes fewer bytes than the arrays that are searched in memory. LZ4 finds repeated stretches, but an array of
// ascending ends, of ids one above the other, of versions from one second, has none; so these arrays are stored as what changes:
//
//   arrays, as RowBlock reads them             packed, as the frame holds them
//   key suffixes   70 61 | 71 e2 | 72 0b       planes 1: 70 01 01, rests 61 e2 0b
//   versions       least + 4 bytes each        least + bits of milliseconds and bits of counter each
//   row ends       124 249 373 ...             least length 124, and 0 1 0 ... above it
//
// The rows themselves stay where they are. They are the last part of the payload, and the packed arrays are shorter: so the
// payload is decoded to the end of its buffer, where the rows lie right already, and only the arrays are unfolded in front of them:
//
//   decoded     |<─ growth ─>| packed arrays | rows |
//   unfolded    | arrays                     | rows |
//
// What can not be made shorter stays as it is; then growth is 0, and the flag in the head not set.

using System.Buffers.Binary;
using IngoDB.Model;

namespace IngoDB.Engine.Sstables;

/// <summary>Packs the arrays of a rows payload and unfolds them; SstableFormat.cs draws both.</summary>
internal static class PackedRows
{
    private const int FlagsAt = 19;
    private const int GrowthMax = ushort.MaxValue;
    private const int RoomBeyond = 64;
    private const int StackBytesMax = 8 << 10;

    /// <summary>Packs a payload in place: from the returned place on it is packed. 0: it stays as it is.</summary>
    /// <param name="payload">As <see cref="RowBlock"/> reads it.</param>
    /// <param name="scratch">Used again by the next; grows.</param>
    public static int Pack(Span<byte> payload, ref byte[] scratch)
    {
        Invariant.Holds(RowBlockLayout.TryRead(payload, out var layout));
        var arrays = payload[..layout.RowsAt];
        if (scratch.Length < arrays.Length + RoomBeyond) scratch = GC.AllocateUninitializedArray<byte>(2 * arrays.Length + RoomBeyond);
        var writer = new PackedWriter(scratch);
        writer.Write(arrays[..(SstableFormat.RowsHeadBytes + layout.PrefixBytes)]);
        scratch[FlagsAt] |= SstableFormat.ArePacked;
        if (layout.SuffixBytes < 0) writer.Write(arrays[layout.KeyEndsAt..layout.VersionsAt]);
        else PackedKeys.Pack(ref writer, arrays[layout.SuffixesAt..layout.VersionsAt], layout.Count, layout.SuffixBytes);
        var versionsEnd = layout.VersionsAt + layout.Count * layout.VersionBytes;
        if (layout.VersionBytes > 0) PackedVersions.Pack(ref writer, arrays[layout.VersionsAt..versionsEnd], layout);
        writer.Write(arrays[versionsEnd..layout.RowEndsAt]);
        PackedLengths.Pack(ref writer, arrays[layout.RowEndsAt..], layout.Count, layout.EndBytes);

        var growth = arrays.Length - writer.Length;
        if (growth is <= 0 or > GrowthMax) return 0;
        scratch.AsSpan(0, writer.Length).CopyTo(arrays[growth..]);
        return growth;
    }

    /// <summary>Unfolds a payload whose packed form lies in <paramref name="payload"/> from <paramref name="growth"/> on.</summary>
    /// <exception cref="CorruptionException">The checksum was right, but this is nothing that <see cref="Pack"/> made.</exception>
    public static void Unfold(Span<byte> payload, int growth, string file, long offset)
    {
        var packed = payload[growth..];
        var reader = new PackedReader(packed, padding: 0, file, offset);
        var head = reader.Take(SstableFormat.RowsHeadBytes);
        var count = BinaryPrimitives.ReadInt32LittleEndian(head);
        var suffixBytes = BinaryPrimitives.ReadUInt16LittleEndian(head[6..]);
        var (versionBytes, shapeBytes, endBytes, flags) = (head[16], head[17], head[18], head[FlagsAt]);
        if (count <= 0 || count > payload.Length || (flags & SstableFormat.ArePacked) == 0 || versionBytes > 8 || endBytes is not (2 or 4)) throw reader.Damaged();
        reader.Take(BinaryPrimitives.ReadUInt16LittleEndian(head[4..]));
        var headBytes = reader.Taken;
        var keyBytes = suffixBytes == SstableFormat.SuffixesDiffer
            ? (long)count * endBytes + PackedLengths.ReadEnd(reader.Take(count * endBytes), endBytes, count - 1)
            : (long)count * suffixBytes;
        var rawBytes = (long)count * (shapeBytes + ((flags & SstableFormat.HasKinds) != 0 ? 1 : 0) + ((flags & SstableFormat.HasExpiries) != 0 ? 8 : 0));
        var arrayBytes = headBytes + keyBytes + (long)count * versionBytes + rawBytes + (long)count * endBytes;
        if (arrayBytes <= growth || arrayBytes > payload.Length) throw reader.Damaged();

        // The arrays are unfolded over their packed form, so that is copied away first; eight bytes more, for whole words.
        var packedBytes = (int)arrayBytes - growth;
        var copy = packedBytes + sizeof(ulong) <= StackBytesMax ? stackalloc byte[packedBytes + sizeof(ulong)] : new byte[packedBytes + sizeof(ulong)];
        packed[..packedBytes].CopyTo(copy);
        copy[packedBytes..].Clear();
        var source = new PackedReader(copy, sizeof(ulong), file, offset);
        var arrays = payload[..(int)arrayBytes];
        arrays = PackedReader.Copied(arrays, source.Take(headBytes));
        payload[FlagsAt] = (byte)(flags & ~SstableFormat.ArePacked);
        if (suffixBytes == SstableFormat.SuffixesDiffer) source.Take((int)keyBytes).CopyTo(arrays);
        else PackedKeys.Unfold(arrays, ref source, count, suffixBytes);
        arrays = arrays[(int)keyBytes..];
        if (versionBytes > 0) PackedVersions.Unfold(arrays, ref source, count, versionBytes, BinaryPrimitives.ReadUInt64LittleEndian(payload[8..]));
        arrays = arrays[(count * versionBytes)..];
        arrays = PackedReader.Copied(arrays, source.Take((int)rawBytes));
        PackedLengths.Unfold(arrays, ref source, count, endBytes);
        if (source.Taken != packedBytes) throw source.Damaged();
    }
}
