// Where the arrays of a rows frame lie, computed from its head. Reading a head from bytes and checking what it claims
// is one thing, reading entries another (RowBlock.cs); the writer (RowBlockBuilder.cs) has no use for either.

using System.Buffers.Binary;
using IngoDB.Engine.Entries;

namespace IngoDB.Engine.Sstables;

/// <summary>Offsets into the payload of a rows frame; 0 for an array that is not there.</summary>
internal readonly struct RowBlockLayout
{
    public int Count { get; private init; }

    public int PrefixBytes { get; private init; }

    /// <summary>Of every key; -1 when they differ.</summary>
    public int SuffixBytes { get; private init; }

    public int SuffixesAt { get; private init; }

    public int KeyEndsAt { get; private init; }

    public int EndBytes { get; private init; }

    public int VersionsAt { get; private init; }

    public int VersionBytes { get; private init; }

    public ulong VersionMask { get; private init; }

    public ulong LeastVersion { get; private init; }

    public int Shape { get; private init; }

    public int ShapeBytes { get; private init; }

    public int ShapesAt { get; private init; }

    public int KindsAt { get; private init; }

    public int ExpiriesAt { get; private init; }

    public int RowEndsAt { get; private init; }

    public int RowsAt { get; private init; }

    /// <summary>Of the whole payload.</summary>
    public int Bytes { get; private init; }

    /// <summary>False: the head is not one, or the arrays that it tells of do not fit.</summary>
    public static bool TryRead(ReadOnlySpan<byte> payload, out RowBlockLayout layout)
    {
        layout = default;
        if (payload.Length < SstableFormat.RowsHeadBytes) return false;
        var count = BinaryPrimitives.ReadInt32LittleEndian(payload);
        var prefixBytes = BinaryPrimitives.ReadUInt16LittleEndian(payload[4..]);
        var suffixBytes = BinaryPrimitives.ReadUInt16LittleEndian(payload[6..]);
        var (versionBytes, shapeBytes, endBytes, flags) = (payload[16], payload[17], payload[18], payload[19]);
        var known = versionBytes <= 8 && shapeBytes is 0 or 1 or 2 or 4 && endBytes is 2 or 4 && flags <= (SstableFormat.HasKinds | SstableFormat.HasExpiries);
        if (!known || count <= 0 || count > payload.Length || prefixBytes > EntryKey.BytesMax) return false;

        // Sums as long: a count of 2^24 entries times their widths does not fit into an int.
        var differ = suffixBytes == SstableFormat.SuffixesDiffer;
        var keyEndsAt = (long)SstableFormat.RowsHeadBytes + prefixBytes;
        var suffixesAt = keyEndsAt + (differ ? (long)count * endBytes : 0);
        if (suffixesAt > payload.Length) return false;
        var suffixesBytes = differ ? ReadEnd(payload[(int)keyEndsAt..], endBytes, count - 1) : (long)count * suffixBytes;
        if (suffixesBytes < 0) return false;
        var versionsAt = suffixesAt + suffixesBytes;
        var shapesAt = versionsAt + (long)count * versionBytes;
        var kindsAt = shapesAt + (long)count * shapeBytes;
        var expiriesAt = kindsAt + ((flags & SstableFormat.HasKinds) != 0 ? count : 0);
        var rowEndsAt = expiriesAt + ((flags & SstableFormat.HasExpiries) != 0 ? 8L * count : 0);
        var rowsAt = rowEndsAt + (long)count * endBytes;
        if (rowsAt > payload.Length) return false;

        layout = new()
        {
            Count = count,
            PrefixBytes = prefixBytes,
            SuffixBytes = differ ? -1 : suffixBytes,
            SuffixesAt = (int)suffixesAt,
            KeyEndsAt = differ ? (int)keyEndsAt : 0,
            EndBytes = endBytes,
            VersionsAt = (int)versionsAt,
            VersionBytes = versionBytes,
            VersionMask = versionBytes == 8 ? ulong.MaxValue : (1UL << (8 * versionBytes)) - 1,
            LeastVersion = BinaryPrimitives.ReadUInt64LittleEndian(payload[8..]),
            Shape = BinaryPrimitives.ReadInt32LittleEndian(payload[20..]),
            ShapeBytes = shapeBytes,
            ShapesAt = shapeBytes == 0 ? 0 : (int)shapesAt,
            KindsAt = (flags & SstableFormat.HasKinds) != 0 ? (int)kindsAt : 0,
            ExpiriesAt = (flags & SstableFormat.HasExpiries) != 0 ? (int)expiriesAt : 0,
            RowEndsAt = (int)rowEndsAt,
            RowsAt = (int)rowsAt,
            Bytes = payload.Length,
        };
        return true;
    }

    /// <summary>Whether what the arrays say is possible: keys and rows inside, kinds and shapes that exist.</summary>
    public bool AreEntriesInside(ReadOnlySpan<byte> payload, int shapeCount)
    {
        if (!AreEnds(payload[RowEndsAt..], payload.Length - RowsAt, lengthMax: int.MaxValue)) return false;
        var keys = KeyEndsAt == 0
            ? PrefixBytes + SuffixBytes <= EntryKey.BytesMax
            : AreEnds(payload[KeyEndsAt..], VersionsAt - SuffixesAt, EntryKey.BytesMax - PrefixBytes);
        return keys && AreShapes(payload, shapeCount) && AreKinds(payload);
    }

    private bool AreEnds(ReadOnlySpan<byte> ends, int last, int lengthMax)
    {
        var previous = 0;
        for (var i = 0; i < Count; i++)
        {
            var end = ReadEnd(ends, EndBytes, i);
            if (end < previous || end - previous > lengthMax) return false;
            previous = end;
        }

        return previous == last;
    }

    private static int ReadEnd(ReadOnlySpan<byte> ends, int endBytes, int index) => endBytes == 2
        ? BinaryPrimitives.ReadUInt16LittleEndian(ends[(2 * index)..])
        : BinaryPrimitives.ReadInt32LittleEndian(ends[(4 * index)..]);

    private bool AreShapes(ReadOnlySpan<byte> payload, int shapeCount)
    {
        if (ShapeBytes == 0) return (uint)Shape <= (uint)shapeCount;
        for (var i = 0; i < Count; i++)
        {
            var number = ShapeBytes switch
            {
                1 => payload[ShapesAt + i],
                2 => BinaryPrimitives.ReadUInt16LittleEndian(payload[(ShapesAt + 2 * i)..]),
                _ => BinaryPrimitives.ReadUInt32LittleEndian(payload[(ShapesAt + 4 * i)..]),
            };
            if (number > (uint)shapeCount) return false;
        }

        return true;
    }

    private bool AreKinds(ReadOnlySpan<byte> payload) =>
        KindsAt == 0 || !payload.Slice(KindsAt, Count).ContainsAnyExcept((byte)EntryKind.Put, (byte)EntryKind.Delete);
}
