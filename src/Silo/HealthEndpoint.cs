using IngoDB.Grains.Hosting;
using Orleans.Runtime;

namespace IngoDB.Silo;

/// <summary>GET /health: 200 when the partitions are open and the silo is active, 503 until then.</summary>
internal static class HealthEndpoint
{
    public static IResult Answer(INodeStatus node, ILocalSiloDetails silo, IClusterMembershipService membership)
    {
        var members = membership.CurrentSnapshot;
        var isActive = members.GetSiloStatus(silo.SiloAddress) == SiloStatus.Active;
        var answer = new Health(
            node.IsOpen && isActive ? "ready" : "starting",
            silo.Name,
            silo.ClusterId,
            node.NodeId,
            node.Directory,
            node.OpenPartitions,
            [.. members.Members.Values.Where(m => m.Status == SiloStatus.Active).Select(m => m.Name).Order(StringComparer.Ordinal)]);
        return Results.Json(answer, statusCode: answer.Status == "ready" ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable);
    }

    /// <summary>GET /health/roll: 200 when every partition with a copy here has all its copies in sync, so that the next silo of a rolling restart may be stopped.</summary>
    public static IResult AnswerRoll(INodeStatus node)
        => Results.Json(new Roll(node.IsOpen && node.UnderReplicated == 0 ? "ready" : "wait", node.UnderReplicated), statusCode: node.IsOpen && node.UnderReplicated == 0 ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable);

    private sealed record Roll(string Status, int UnderReplicated);

    private sealed record Health(string Status, string Silo, string Cluster, string Node, string Directory, int Partitions, string[] Members);
}
