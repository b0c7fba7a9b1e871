using IngoDB.Engine.Files;

namespace IngoDB.Grains.Nodes;

/// <summary>A small file that is replaced whole: temporary file, sync, rename, sync of the folder. One writer (who holds the folder's lock).</summary>
internal static class AtomicFile
{
    public static byte[]? Read(IFileSystem files, string path)
    {
        if (!files.Exists(path)) return null;
        using var file = files.Open(path);
        var bytes = new byte[file.Length];
        return bytes[..file.Read(0, bytes)];
    }

    public static void Replace(IFileSystem files, string path, ReadOnlySpan<byte> content)
    {
        var temporary = path + ".tmp";
        if (files.Exists(temporary)) files.Delete(temporary);
        using (var file = files.Create(temporary))
        {
            file.Write(0, content);
            file.SyncData();
        }

        files.Rename(temporary, path);
        files.SyncDirectory(Path.GetDirectoryName(path)!);
    }
}
