// A small file that is replaced whole and says itself whether it is intact. A draft is written, synced, renamed over the
// old one and its folder synced (docs/storage-rules.md R1), so that a crash leaves the old content or the new (docs/formats/learning.md):
//
//   magic "INGS" | length u32 LE | CRC-32C u32 LE over the content | content
//
// For what may be lost without harm, like statistics: damage is answered with "there is none", not with an error.

using System.Buffers.Binary;

namespace IngoDB.Engine.Files;

/// <summary>Reads and replaces small files with a checksum. One writer at a time.</summary>
internal static class SealedFile
{
    public const int HeaderBytes = 12;

    private static ReadOnlySpan<byte> Magic => "INGS"u8;

    /// <summary>The content; null when there is no such file or it is damaged.</summary>
    public static byte[]? TryRead(IFileSystem files, string path)
    {
        if (!files.Exists(path)) return null;
        using var file = files.Open(path);
        if (file.Length is < HeaderBytes or > int.MaxValue) return null;
        var bytes = new byte[file.Length];
        if (file.Read(0, bytes) != bytes.Length || !bytes.AsSpan().StartsWith(Magic)) return null;
        var content = bytes.AsSpan(HeaderBytes);
        if (BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(4)) != content.Length || BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(8)) != Crc32C.Of(content)) return null;
        return content.ToArray();
    }

    /// <exception cref="Model.StorageException">The disk refused; the old content is still there.</exception>
    public static void Replace(IFileSystem files, string directory, string name, ReadOnlySpan<byte> content)
    {
        var bytes = new byte[HeaderBytes + content.Length];
        Magic.CopyTo(bytes);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(4), (uint)content.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(8), Crc32C.Of(content));
        content.CopyTo(bytes.AsSpan(HeaderBytes));
        var draft = Path.Combine(directory, name + ".draft");
        if (files.Exists(draft)) files.Delete(draft);
        using (var file = files.Create(draft))
        {
            file.Write(0, bytes);
            file.SyncData();
        }

        files.Rename(draft, Path.Combine(directory, name));
        files.SyncDirectory(directory);
    }
}
