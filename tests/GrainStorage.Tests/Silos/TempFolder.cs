namespace IngoDB.GrainStorage.Tests.Silos;

internal sealed class TempFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("ingodb-grain-storage-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
