// A small file of JSON that is replaced whole and read with suspicion: its first line is the checksum of the rest.

using System.Globalization;
using System.IO.Hashing;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using IngoDB.Engine.Files;
using IngoDB.Grains.Nodes;
using IngoDB.Model;

namespace IngoDB.Grains.Replicas;

/// <summary>JSON behind a checksum.</summary>
internal static class CheckedFile
{
    private const int LineBytes = 17;

    /// <summary>Null: there is none.</summary>
    /// <exception cref="CorruptionException">It does not check.</exception>
    public static T? Read<T>(IFileSystem files, string path, JsonTypeInfo<T> type) where T : class
    {
        if (AtomicFile.Read(files, path) is not { } bytes) return null;
        if (bytes.Length < LineBytes || !ulong.TryParse(Encoding.ASCII.GetString(bytes, 0, LineBytes - 1), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var checksum)
            || checksum != XxHash3.HashToUInt64(bytes.AsSpan(LineBytes))) throw new CorruptionException(path, 0, "its checksum is another");
        try
        {
            return JsonSerializer.Deserialize(bytes.AsSpan(LineBytes), type) ?? throw new CorruptionException(path, LineBytes, "null");
        }
        catch (JsonException e)
        {
            throw new CorruptionException(path, e.BytePositionInLine ?? 0, e.Message);
        }
    }

    public static void Replace<T>(IFileSystem files, string path, T value, JsonTypeInfo<T> type)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(value, type);
        var head = Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{XxHash3.HashToUInt64(json):x16}\n"));
        AtomicFile.Replace(files, path, [.. head, .. json]);
    }
}
