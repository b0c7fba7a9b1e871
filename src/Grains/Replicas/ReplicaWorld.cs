using IngoDB.Engine.Files;
using IngoDB.Replication.Messages;
using Microsoft.Extensions.Logging;

namespace IngoDB.Grains.Replicas;

/// <summary>Everything around one copy.</summary>
/// <param name="Folder">Of the copy.</param>
/// <param name="Name">Of the partition, for messages.</param>
/// <param name="Database">Whose partition it is.</param>
/// <param name="Metrics">Of the silo.</param>
/// <param name="Send">An envelope to another node; may be lost.</param>
/// <param name="Install">Fetches a snapshot and puts it in place of log and tables; the replica that comes back is another.</param>
/// <param name="Drop">The record does not know this copy any more: closes it and erases its folder.</param>
/// <param name="LogBytesKept">For followers that are behind; about so much of the log stays when it is applied.</param>
/// <param name="Catalog">The partition's record.</param>
internal sealed record ReplicaWorld(IFileSystem Files, string Folder, string Name, string Database, ReplicaMetrics Metrics, TimeProvider Time, Action<Envelope> Send, Action<Snapshot> Install, Action Drop, long LogBytesKept, ReplicaCatalog Catalog, ILogger Logger);
