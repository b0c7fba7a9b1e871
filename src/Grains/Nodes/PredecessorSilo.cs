// A process that was killed stays "active" in the membership table until somebody notices, and when all silos were killed
// together, nobody does: those that start again wait for the dead to answer. But whoever holds the lock of a node's folder
// knows that the silo that held it before is gone. So it left its address there, and its successor declares it dead before it
// joins.
//
//   <folder>/SILO    the address of the silo that serves this folder (address:port@generation)
//
// Works with every membership provider; when it fails, Orleans' own failure detection does the same later.

using System.Text;
using IngoDB.Engine.Files;
using IngoDB.Model;
using Microsoft.Extensions.Logging;
using Orleans.Runtime;

namespace IngoDB.Grains.Nodes;

/// <summary>Declares the former silo of this node dead, at start.</summary>
internal sealed partial class PredecessorSilo(NodeIdentity node, IMembershipTable membership, ILocalSiloDetails local, IFileSystem files, ILogger<PredecessorSilo> logger)
    : ILifecycleParticipant<ISiloLifecycle>
{
    private const int AttemptsMax = 20;

    private string PathOfAddress => Path.Combine(node.Directory, "SILO");

    public void Participate(ISiloLifecycle lifecycle)
        => lifecycle.Subscribe(nameof(PredecessorSilo), ServiceLifecycleStage.RuntimeServices, BuryAsync);

    private async Task BuryAsync(CancellationToken cancellationToken)
    {
        if (AtomicFile.Read(files, PathOfAddress) is { } bytes)
        {
            try
            {
                await DeclareDeadAsync(SiloAddress.FromParsableString(Encoding.ASCII.GetString(bytes)), cancellationToken).ConfigureAwait(false);
            }
            catch (Exception e) when (e is IngoDBException or OrleansException or IOException or FormatException)
            {
                LogNotDeclared(logger, node.Id, e);
            }
        }

        AtomicFile.Replace(files, PathOfAddress, Encoding.ASCII.GetBytes(local.SiloAddress.ToParsableString()));
    }

    private async Task DeclareDeadAsync(SiloAddress former, CancellationToken cancellationToken)
    {
        await membership.InitializeMembershipTableAsync(true, cancellationToken).ConfigureAwait(false);
        for (var attempt = 0; attempt < AttemptsMax; attempt++)
        {
            var table = await membership.ReadAllAsync(cancellationToken).ConfigureAwait(false);
            if (table.TryGet(former) is not { } row || row.Item1.Status == SiloStatus.Dead) return;
            row.Item1.Status = SiloStatus.Dead;
            if (!await membership.UpdateRowAsync(row.Item1, row.Item2, table.Version.Next(), cancellationToken).ConfigureAwait(false)) continue;
            LogDeclared(logger, former, node.Id);
            return;
        }
    }

    [LoggerMessage(EventId = 3001, Level = LogLevel.Information, Message = "{Silo} is declared dead: it held the folder of node {Node}, which is ours now")]
    private static partial void LogDeclared(ILogger logger, SiloAddress silo, string node);

    [LoggerMessage(EventId = 3002, Level = LogLevel.Warning, Message = "The former silo of node {Node} could not be declared dead; the cluster will notice by itself")]
    private static partial void LogNotDeclared(ILogger logger, string node, Exception error);
}
