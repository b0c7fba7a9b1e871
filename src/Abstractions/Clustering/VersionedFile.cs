// One version of a small shared record, as a file. A record is a folder; its versions are files v<N>, written
// whole under another name, synced, and then given their name with link(2), which fails when the name is taken:
// that is the compare-and-swap (VersionedFolder in Grains does the writing). The greatest N is the record.
//
//   file = magic "INGV" | format u8 = 1 | id 8 bytes | length u32 LE | CRC32C u32 LE over id and content | content
//
// The id is random. It tells two files of the same name apart, which is how a writer that slept for an hour
// finds out that the version it built on is long gone. Reading lives here because clients read too (the list of
// gateways), and a client has no engine and no IFileSystem.

using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;
using System.Text;
using IngoDB.Model;

namespace IngoDB.Abstractions.Clustering;

/// <summary>The bytes of one version, and the names of versions.</summary>
public static class VersionedFile
{
    public const byte FormatVersion = 1;
    public const int HeaderBytes = 21;
    public const int IdBytes = 8;
    public const char NamePrefix = 'v';

    private static readonly byte[] Magic = "INGV"u8.ToArray();

    public static string NameOf(long version) => NamePrefix + version.ToString(CultureInfo.InvariantCulture);

    /// <summary>The version in a file name, 0 when the name is not one of a version (temporary files, strangers).</summary>
    public static long VersionOf(ReadOnlySpan<char> fileName)
        => fileName.Length > 1 && fileName[0] == NamePrefix && long.TryParse(fileName[1..], NumberStyles.None, CultureInfo.InvariantCulture, out var version) ? version : 0;

    public static byte[] Encode(ReadOnlySpan<byte> id, ReadOnlySpan<byte> content)
    {
        Invariant.Holds(id.Length == IdBytes);
        var file = new byte[HeaderBytes + content.Length];
        Magic.CopyTo(file, 0);
        file[4] = FormatVersion;
        id.CopyTo(file.AsSpan(5));
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(13), content.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(17), Checksum(id, content));
        content.CopyTo(file.AsSpan(HeaderBytes));
        return file;
    }

    /// <summary>Checks every byte and returns id and content.</summary>
    /// <exception cref="CorruptionException">Not what <see cref="Encode"/> wrote.</exception>
    /// <exception cref="UnsupportedFormatException">Written by a newer program.</exception>
    public static (ReadOnlyMemory<byte> Id, ReadOnlyMemory<byte> Content) Decode(string path, ReadOnlyMemory<byte> file)
    {
        var bytes = file.Span;
        if (bytes.Length < HeaderBytes || !bytes[..4].SequenceEqual(Magic)) throw new CorruptionException(path, 0, "not a version of a shared record");
        if (bytes[4] != FormatVersion) throw new UnsupportedFormatException(path, bytes[4], FormatVersion);
        var length = BinaryPrimitives.ReadInt32LittleEndian(bytes[13..]);
        if (length != bytes.Length - HeaderBytes) throw new CorruptionException(path, 13, $"says {length} bytes of content, has {bytes.Length - HeaderBytes}");
        var id = file.Slice(5, IdBytes);
        var content = file[HeaderBytes..];
        if (BinaryPrimitives.ReadUInt32LittleEndian(bytes[17..]) != Checksum(id.Span, content.Span)) throw new CorruptionException(path, 17, "checksum does not match");
        return (id, content);
    }

    /// <summary>CRC32C, eight bytes at a time where the processor helps.</summary>
    private static uint Checksum(ReadOnlySpan<byte> id, ReadOnlySpan<byte> content)
    {
        var crc = uint.MaxValue;
        foreach (var b in id) crc = BitOperations.Crc32C(crc, b);
        foreach (var b in content) crc = BitOperations.Crc32C(crc, b);
        return ~crc;
    }
}
