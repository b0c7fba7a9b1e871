// CURRENT: the one name that is ever replaced. Draft, sync, rename, sync the folder (docs/storage-rules.md R1); so after a
// crash it names the old manifest or the new one, both whole. It carries a checksum like everything else.

using System.Globalization;
using System.Text;
using IngoDB.Engine.Files;
using IngoDB.Model;

namespace IngoDB.Engine.Manifests;

/// <summary>Which manifest is the one.</summary>
internal static class CurrentFile
{
    public static bool Exists(IFileSystem files, string directory) => files.Exists(Path.Combine(directory, ManifestFormat.Current));

    /// <exception cref="CorruptionException">It does not say the name of a manifest.</exception>
    public static ulong Read(IFileSystem files, string directory)
    {
        var path = Path.Combine(directory, ManifestFormat.Current);
        using var file = files.Open(path);
        var bytes = new byte[file.Length];
        var text = Encoding.ASCII.GetString(bytes, 0, file.Read(0, bytes));
        var name = text.Split(' ')[0];
        return ManifestFormat.TryParseFileName(name, out var number) && text == Text(number) ? number : throw new CorruptionException(path, 0, "it does not name a manifest");
    }

    public static void Switch(IFileSystem files, string directory, ulong number)
    {
        var draft = Path.Combine(directory, ManifestFormat.CurrentDraft);
        if (files.Exists(draft)) files.Delete(draft);
        using (var file = files.Create(draft))
        {
            file.Write(0, Encoding.ASCII.GetBytes(Text(number)));
            file.SyncData();
        }

        files.Rename(draft, Path.Combine(directory, ManifestFormat.Current));
        files.SyncDirectory(directory);
    }

    private static string Text(ulong number)
    {
        var name = ManifestFormat.FileName(number);
        return string.Create(CultureInfo.InvariantCulture, $"{name} {Crc32C.Of(Encoding.ASCII.GetBytes(name)):x8}\n");
    }
}
