// Reads one manifest file and changes nothing. Damage has three names: an unknown version (use a newer program),
// corruption (something that was durable is not what was written), and a torn tail (an edit nobody was told of,
// cut without a word). ManifestFormat says how the last two are told apart.

using System.Buffers.Binary;
using IngoDB.Engine.Files;
using IngoDB.Model;

namespace IngoDB.Engine.Manifests;

/// <summary>The reading side of one manifest file.</summary>
internal static class ManifestRecovery
{
    /// <exception cref="CorruptionException">Something durable is damaged.</exception>
    /// <exception cref="UnsupportedFormatException">A newer program wrote it.</exception>
    public static ManifestState Read(IFileSystem files, string directory, ulong number)
    {
        var path = Path.Combine(directory, ManifestFormat.FileName(number));
        using var file = files.Open(path);
        var bytes = new byte[file.Length];
        var contents = new ManifestContents(path, number, bytes.AsMemory(0, file.Read(0, bytes)));
        return contents.Read();
    }
}

/// <summary>A manifest file in memory.</summary>
internal sealed class ManifestContents(string path, ulong number, ReadOnlyMemory<byte> bytes)
{
    public ManifestState Read()
    {
        var synced = ReadHeader();
        ManifestState? state = null;
        var at = ManifestFormat.HeaderBytes;
        for (ulong sequence = 0; ; sequence++)
        {
            var frame = FrameAt(at);
            if (frame.IsEmpty || SequenceOf(frame) != sequence)
            {
                if (state is null) throw Damage(at, "the state it began with is damaged");
                if (sequence <= synced || IsFollowedByLater(at, sequence)) throw Damage(at, $"edit {sequence} is damaged, and it was durable");
                return state;
            }

            state = Apply(state, frame, at);
            at += frame.Length;
        }
    }

    private ulong ReadHeader()
    {
        var all = bytes.Span;
        if (all.Length < ManifestFormat.HeaderBytes) throw Damage(0, "the header is incomplete");
        if (!all.StartsWith(ManifestFormat.Magic)) throw Damage(0, "this is not a manifest");
        if (U32(ManifestFormat.HeaderChecksumAt) != Crc32C.Of(all[..ManifestFormat.HeaderChecksumAt])) throw Damage(0, "the header's checksum does not match");
        var version = (int)U32(ManifestFormat.HeaderVersionAt);
        if (version is < ManifestFormat.OldestVersion or > ManifestFormat.Version) throw new UnsupportedFormatException(path, version, ManifestFormat.Version);
        if (U64(8) != number) throw Damage(8, $"it says it is manifest {U64(8)}");
        if (U32(ManifestFormat.SyncedChecksumAt) != Crc32C.Of(number, all[ManifestFormat.SyncedAt..ManifestFormat.SyncedChecksumAt])
            || U32(ManifestFormat.SyncedChecksumAt + sizeof(uint)) != 0) throw Damage(ManifestFormat.SyncedAt, "the synced sequence is damaged");
        return U64(ManifestFormat.SyncedAt);
    }

    private ManifestState Apply(ManifestState? state, ReadOnlySpan<byte> frame, int at)
    {
        var payload = frame.Slice(ManifestFormat.FrameHeaderBytes, BinaryPrimitives.ReadInt32LittleEndian(frame[4..]));
        var reader = new ManifestReader(payload, path, at + ManifestFormat.FrameHeaderBytes);
        return (ManifestFrameKind)frame[16] switch
        {
            ManifestFrameKind.State when state is null => ManifestDecoder.ReadState(reader),
            ManifestFrameKind.Edit when state is not null => state.Apply(ManifestDecoder.ReadEdit(reader)),
            var kind => throw Damage(at, $"a frame of kind {(byte)kind} does not belong here"),
        };
    }

    private bool IsFollowedByLater(int at, ulong sequence)
    {
        for (at += ManifestFormat.Alignment; at < bytes.Length; at += ManifestFormat.Alignment)
        {
            var frame = FrameAt(at);
            if (!frame.IsEmpty && SequenceOf(frame) > sequence) return true;
        }

        return false;
    }

    /// <summary>The whole frame that begins there; empty when none that is intact does.</summary>
    private ReadOnlySpan<byte> FrameAt(int at)
    {
        var rest = bytes.Span[Math.Min(at, bytes.Length)..];
        if (rest.Length < ManifestFormat.FrameHeaderBytes) return default;
        var length = BinaryPrimitives.ReadInt32LittleEndian(rest[4..]);
        if (length < 0 || length > rest.Length - ManifestFormat.FrameHeaderBytes) return default;
        var frame = rest[..Math.Min(rest.Length, ManifestFormat.FrameHeaderBytes + ManifestFormat.Padded(length))];
        return BinaryPrimitives.ReadUInt32LittleEndian(frame) == Crc32C.Of(number, frame[sizeof(uint)..]) ? frame : default;
    }

    private static ulong SequenceOf(ReadOnlySpan<byte> frame) => BinaryPrimitives.ReadUInt64LittleEndian(frame[8..]);

    private uint U32(int at) => BinaryPrimitives.ReadUInt32LittleEndian(bytes.Span[at..]);

    private ulong U64(int at) => BinaryPrimitives.ReadUInt64LittleEndian(bytes.Span[at..]);

    private CorruptionException Damage(long offset, string detail) => new(path, offset, detail);
}
