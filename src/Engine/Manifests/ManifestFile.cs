// One MANIFEST-NNNNNN: a header, the state it began with, and the edits since. Made whole and synced before
// CURRENT names it; from then on only appended to. The bytes are drawn in ManifestFormat.

using System.Buffers.Binary;
using IngoDB.Engine.Files;

namespace IngoDB.Engine.Manifests;

/// <summary>The writing side of one manifest file. One thread at a time.</summary>
internal sealed class ManifestFile : IDisposable
{
    private readonly IFile _file;
    private readonly ulong _number;
    private ulong _nextSequence;

    private ManifestFile(IFile file, ulong number)
    {
        _file = file;
        _number = number;
    }

    public long Bytes { get; private set; } = ManifestFormat.HeaderBytes;

    /// <summary>A new file that holds the state; its bytes and its name are durable when this returns.</summary>
    public static ManifestFile Create(IFileSystem files, string directory, ulong number, ManifestState state)
    {
        var manifest = new ManifestFile(files.Create(Path.Combine(directory, ManifestFormat.FileName(number))), number);
        try
        {
            var writer = new ManifestWriter();
            ManifestEncoder.Write(state, writer);
            manifest.WriteHeader();
            manifest.WriteFrame(ManifestFrameKind.State, writer.Written);
            manifest._file.SyncData();
            files.SyncDirectory(directory);
            return manifest;
        }
        catch
        {
            manifest.Dispose();
            throw;
        }
    }

    /// <summary>Durable when it returns.</summary>
    public void Append(VersionEdit edit)
    {
        var writer = new ManifestWriter();
        ManifestEncoder.Write(edit, writer);
        WriteFrame(ManifestFrameKind.Edit, writer.Written);
        _file.SyncData();
        WriteSynced();
    }

    public void Dispose() => _file.Dispose();

    private void WriteHeader()
    {
        Span<byte> header = stackalloc byte[ManifestFormat.HeaderBytes];
        header.Clear();
        ManifestFormat.Magic.CopyTo(header);
        BinaryPrimitives.WriteUInt64LittleEndian(header[8..], _number);
        BinaryPrimitives.WriteInt32LittleEndian(header[ManifestFormat.HeaderVersionAt..], ManifestFormat.Version);
        BinaryPrimitives.WriteUInt32LittleEndian(header[ManifestFormat.HeaderChecksumAt..], Crc32C.Of(header[..ManifestFormat.HeaderChecksumAt]));
        BinaryPrimitives.WriteUInt32LittleEndian(header[ManifestFormat.SyncedChecksumAt..], Crc32C.Of(_number, header[ManifestFormat.SyncedAt..ManifestFormat.SyncedChecksumAt]));
        _file.Write(0, header);
    }

    private void WriteFrame(ManifestFrameKind kind, ReadOnlySpan<byte> payload)
    {
        var frame = new byte[ManifestFormat.FrameHeaderBytes + ManifestFormat.Padded(payload.Length)];
        BinaryPrimitives.WriteInt32LittleEndian(frame.AsSpan(4), payload.Length);
        BinaryPrimitives.WriteUInt64LittleEndian(frame.AsSpan(8), _nextSequence);
        frame[16] = (byte)kind;
        payload.CopyTo(frame.AsSpan(ManifestFormat.FrameHeaderBytes));
        BinaryPrimitives.WriteUInt32LittleEndian(frame, Crc32C.Of(_number, frame.AsSpan(sizeof(uint))));
        _file.Write(Bytes, frame);
        Bytes += frame.Length;
        _nextSequence++;
    }

    private void WriteSynced()
    {
        Span<byte> synced = stackalloc byte[sizeof(ulong) + sizeof(uint)];
        BinaryPrimitives.WriteUInt64LittleEndian(synced, _nextSequence - 1);
        BinaryPrimitives.WriteUInt32LittleEndian(synced[sizeof(ulong)..], Crc32C.Of(_number, synced[..sizeof(ulong)]));
        _file.Write(ManifestFormat.SyncedAt, synced);
    }
}
