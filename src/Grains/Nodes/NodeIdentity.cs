// Who this process is, cluster-wise: the folder that it has locked. Processes come and go with new addresses; a
// partition belongs to the node, that is to the folder that holds its data.
//
//   <folder>/LOCK          flock, freed by the kernel however the process ends
//   <folder>/NODE          {nodeId, clusterId, createdAt, format}, replaced whole; the id never changes
//   <folder>/INCARNATION   a number, one greater at every start, synced before anything is served
//   <folder>/REGISTERED    the last of these numbers that the catalog has taken; a catalog that knows less has gone back
//
// A new or emptied folder always gets a new id: an id never comes back without its data. The cluster's id is filled
// in when the catalog has been read for the first time, and from then on the folder serves no other cluster.

using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using IngoDB.Engine.Files;
using IngoDB.Model;

namespace IngoDB.Grains.Nodes;

/// <summary>The content of the NODE file.</summary>
internal sealed record NodeFile(string NodeId, string? ClusterId, DateTimeOffset CreatedAt, int Format);

/// <summary>A claimed data folder. Holds its lock until disposed.</summary>
internal sealed class NodeIdentity : IDisposable
{
    private const int FormatVersion = 1;
    private const int NumberedFoldersMax = 1000;

    private readonly IFileSystem _files;
    private readonly IDisposable _lock;
    private NodeFile _node;

    private NodeIdentity(IFileSystem files, string directory, IDisposable claim, NodeFile node, ulong incarnation)
        => (_files, Directory, _lock, _node, Incarnation) = (files, directory, claim, node, incarnation);

    public string Directory { get; }

    public string Id => _node.NodeId;

    public ulong Incarnation { get; }

    /// <summary>The cluster that the folder belongs to; null: none yet.</summary>
    public string? ClusterId => _node.ClusterId;

    /// <summary>The last incarnation that the catalog has taken, as this folder remembers; 0: none.</summary>
    public ulong LastRegistered => ReadNumber(_files, Directory, "REGISTERED");

    /// <summary>Claims exactly this folder.</summary>
    /// <exception cref="UnavailableException"><c>node.folder_in_use</c>.</exception>
    /// <exception cref="StorageException">The folder cannot be written.</exception>
    public static NodeIdentity Claim(IFileSystem files, string directory, TimeProvider time)
        => TryClaim(files, directory, time) ?? throw new UnavailableException("node.folder_in_use", $"The data folder {directory} is in use by another process. Stop it, or give this one a folder of its own (IngoDB:DataDirectory).");

    /// <summary>Claims the first free one of <c>node-000</c>, <c>node-001</c>, ... for processes that are started alike.</summary>
    public static NodeIdentity ClaimNumbered(IFileSystem files, string root, TimeProvider time)
    {
        for (var i = 0; i < NumberedFoldersMax; i++)
            if (TryClaim(files, Path.Combine(root, string.Create(CultureInfo.InvariantCulture, $"node-{i:D3}")), time) is { } node) return node;
        throw new UnavailableException("node.folder_in_use", $"All of the {NumberedFoldersMax} node folders in {root} are in use.");
    }

    /// <summary>Ties the folder to a cluster, once and for all.</summary>
    /// <exception cref="UnavailableException"><c>node.foreign_cluster</c>.</exception>
    public void JoinCluster(string clusterId)
    {
        if (_node.ClusterId == clusterId) return;
        if (_node.ClusterId is not null)
            throw new UnavailableException("node.foreign_cluster", $"The data folder {Directory} belongs to cluster {_node.ClusterId}, not to {clusterId}. Use the catalog that it was written with, or an empty folder.");
        _node = _node with { ClusterId = clusterId };
        WriteNode(_files, Directory, _node);
    }

    /// <summary>The catalog has taken this start.</summary>
    public void Registered() => WriteNumber(_files, Directory, "REGISTERED", Incarnation);

    public void Dispose() => _lock.Dispose();

    private static NodeIdentity? TryClaim(IFileSystem files, string directory, TimeProvider time)
    {
        directory = Path.GetFullPath(directory);
        files.CreateDirectory(directory);
        if (files.TryLock(Path.Combine(directory, "LOCK")) is not { } claim) return null;
        try
        {
            var node = ReadNode(files, directory) ?? NewNode(files, directory, time);
            var incarnation = ReadNumber(files, directory, "INCARNATION") + 1;
            WriteNumber(files, directory, "INCARNATION", incarnation);
            return new(files, directory, claim, node, incarnation);
        }
        catch
        {
            claim.Dispose();
            throw;
        }
    }

    private static NodeFile NewNode(IFileSystem files, string directory, TimeProvider time)
    {
        var random = new Random(BitConverter.ToInt32(System.Security.Cryptography.RandomNumberGenerator.GetBytes(4)));
        var node = new NodeFile(UuidV7.Create(time, random).ToString(), null, time.GetUtcNow(), FormatVersion);
        WriteNode(files, directory, node);
        return node;
    }

    private static NodeFile? ReadNode(IFileSystem files, string directory)
    {
        var path = Path.Combine(directory, "NODE");
        if (AtomicFile.Read(files, path) is not { } bytes) return null;
        try
        {
            var node = JsonSerializer.Deserialize(bytes, NodeJson.Default.NodeFile)!;
            return node.Format > FormatVersion ? throw new UnsupportedFormatException(path, node.Format, FormatVersion) : node;
        }
        catch (JsonException e)
        {
            throw new CorruptionException(path, e.BytePositionInLine ?? 0, e.Message);
        }
    }

    private static void WriteNode(IFileSystem files, string directory, NodeFile node)
        => AtomicFile.Replace(files, Path.Combine(directory, "NODE"), JsonSerializer.SerializeToUtf8Bytes(node, NodeJson.Default.NodeFile));

    private static void WriteNumber(IFileSystem files, string directory, string name, ulong number)
        => AtomicFile.Replace(files, Path.Combine(directory, name), System.Text.Encoding.ASCII.GetBytes(number.ToString(CultureInfo.InvariantCulture)));

    private static ulong ReadNumber(IFileSystem files, string directory, string name)
    {
        var path = Path.Combine(directory, name);
        if (AtomicFile.Read(files, path) is not { } bytes) return 0;
        return ulong.TryParse(bytes, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : throw new CorruptionException(path, 0, "not a number");
    }
}

[JsonSerializable(typeof(NodeFile))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
internal sealed partial class NodeJson : JsonSerializerContext;
