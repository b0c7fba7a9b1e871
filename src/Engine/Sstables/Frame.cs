// A frame is the unit of trust: sealed with a checksum when written, and verified before a single byte of it is used.
// SstableFormat.cs draws it.

using System.Buffers.Binary;
using System.IO.Hashing;
using IngoDB.Model;
using K4os.Compression.LZ4;

namespace IngoDB.Engine.Sstables;

/// <summary>Where a frame lies in its file.</summary>
internal readonly record struct FrameHandle(long Offset, int Bytes)
{
    public long End => Offset + Bytes;
}

/// <summary>Seals and opens frames.</summary>
internal static class Frame
{
    /// <summary>Room that <see cref="Seal"/> may need.</summary>
    public static int BytesMax(int payloadBytes) => SstableFormat.FrameHeadBytes + payloadBytes;

    /// <summary>Writes the frame of a payload; compressed only when that saves a sixteenth. Returns its length.</summary>
    /// <param name="growth">By how many bytes the payload is longer when it is unfolded.</param>
    public static int Seal(TableId table, long offset, FrameKind kind, ReadOnlySpan<byte> payload, bool compress, Span<byte> target, int growth = 0)
    {
        var body = target[SstableFormat.FrameHeadBytes..];
        var stored = compress && payload.Length >= 64 ? LZ4Codec.Encode(payload, body[..(payload.Length - payload.Length / 16)]) : -1;
        var codec = stored > 0 ? FrameCodec.Lz4 : FrameCodec.Plain;
        if (codec == FrameCodec.Plain)
        {
            payload.CopyTo(body);
            stored = payload.Length;
        }

        BinaryPrimitives.WriteInt32LittleEndian(target[8..], payload.Length);
        target[12] = (byte)codec;
        target[13] = (byte)kind;
        BinaryPrimitives.WriteUInt16LittleEndian(target[14..], checked((ushort)growth));
        var bytes = SstableFormat.FrameHeadBytes + stored;
        BinaryPrimitives.WriteUInt64LittleEndian(target, Checksum(table, offset, target[8..bytes]));
        return bytes;
    }

    /// <summary>Verifies a frame and tells how long its payload is once decoded.</summary>
    /// <exception cref="CorruptionException">These are not the bytes that were written here.</exception>
    public static int Verify(string file, TableId table, long offset, FrameKind kind, ReadOnlySpan<byte> frame)
    {
        if (frame.Length < SstableFormat.FrameHeadBytes) throw Damaged(file, offset, "the frame is shorter than its head");
        if (BinaryPrimitives.ReadUInt64LittleEndian(frame) != Checksum(table, offset, frame[8..])) throw Damaged(file, offset, $"the checksum of this {kind} frame does not match");
        if (frame[13] != (byte)kind) throw Damaged(file, offset, $"a frame of kind {frame[13]} where {kind} belongs");
        var bytes = BinaryPrimitives.ReadInt32LittleEndian(frame[8..]);
        var stored = frame.Length - SstableFormat.FrameHeadBytes;
        var bytesMax = kind == FrameKind.Rows ? SstableFormat.RowsBytesMax : SstableFormat.SectionBytesMax;
        var plausible = (FrameCodec)frame[12] switch
        {
            FrameCodec.Plain => bytes == stored,
            FrameCodec.Lz4 => bytes <= (long)stored * SstableFormat.Lz4RatioMax,
            _ => throw Damaged(file, offset, $"codec {frame[12]} is not known"),
        };
        if (bytes < 0 || bytes > bytesMax || !plausible) throw Damaged(file, offset, $"{stored} bytes cannot decode to {bytes}");
        return bytes;
    }

    /// <summary>By how many bytes the payload of a verified frame is longer when it is unfolded; see <see cref="PackedRows"/>.</summary>
    public static int GrowthOf(ReadOnlySpan<byte> frame) => BinaryPrimitives.ReadUInt16LittleEndian(frame[14..]);

    /// <summary>Decodes the payload of a verified frame into exactly as many bytes as it told.</summary>
    public static void Decode(string file, long offset, ReadOnlySpan<byte> frame, Span<byte> target)
    {
        var body = frame[SstableFormat.FrameHeadBytes..];
        if ((FrameCodec)frame[12] == FrameCodec.Plain) body.CopyTo(target);
        else if (LZ4Codec.Decode(body, target) != target.Length) throw Damaged(file, offset, "the compressed bytes do not decode");
    }

    private static ulong Checksum(TableId table, long offset, ReadOnlySpan<byte> bytes) => XxHash3.HashToUInt64(bytes, SstableFormat.Seed(table, offset));

    private static CorruptionException Damaged(string file, long offset, string detail) => new(file, offset, detail);
}
