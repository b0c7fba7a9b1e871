namespace IngoDB.Cli.Importing;

/// <summary>Where an import keeps its progress and its rejects: beside the file, or in the current folder when the file's own cannot be written.</summary>
internal static class NotesPlace
{
    public static string For(string file)
    {
        var trial = ImportState.PathFor(file) + ".trial";
        try
        {
            using (new FileStream(trial, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 1, FileOptions.DeleteOnClose)) return file;
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException)
        {
            return Path.GetFullPath(Path.GetFileName(file));
        }
    }
}
