// STUB of the contract (owner: wal and manifests).
using IngoDB.Engine.Files;

namespace IngoDB.Engine.Manifests;

/// <summary>The append log of version edits behind CURRENT. One thread at a time.</summary>
internal sealed class ManifestLog : IDisposable
{
    /// <summary>Opens the folder's manifest, or makes a new one when there is no CURRENT and no other file of ours.</summary>
    public static ManifestLog Open(IFileSystem files, string directory) => throw new NotImplementedException();

    public ManifestState State => throw new NotImplementedException();

    /// <summary>Durable when it returns; afterwards <see cref="State"/> includes it. Rewrites the log when it has grown much larger than its state.</summary>
    public ManifestState Append(VersionEdit edit) => throw new NotImplementedException();

    public void Dispose() => throw new NotImplementedException();
}
