// One timestamp for all partitions. First every partition says where its clock is; the greatest, T, is at or above
// every write that was acknowledged anywhere before. Reading at T then makes each partition promise never to write at or
// below it. No clocks need to agree.

using IngoDB.Grains.Partitions;
using IngoDB.Model;

namespace IngoDB.Grains.Coordination;

/// <summary>Chooses the point in time that a request reads at.</summary>
internal static class SnapshotClock
{
    /// <summary>The present: sees every write acknowledged before the call, in the partitions that can be reached.</summary>
    public static async ValueTask<DocumentVersion> NowAsync(RequestScope scope)
    {
        var partitions = scope.Map.Partitions.Count;
        var times = await scope.ToAllAsync(grain => grain.ReserveAsync(scope.Cancellation), static t => t.Fault).ConfigureAwait(false);
        scope.ThrowIfAllMissing(partitions);
        return new(times.Max(t => t?.Version ?? 0));
    }

    /// <summary>Where a request that says no point in time reads: as far back as it allows when copies here go so far, else the present.</summary>
    public static async ValueTask<DocumentVersion> ChosenAsync(RequestScope scope)
        => scope.Near is { } near && await near.TryChooseAsync(scope.Map, scope.Cancellation).ConfigureAwait(false) is { } chosen ? chosen : await NowAsync(scope).ConfigureAwait(false);

    public static string Token(DocumentVersion version) => version.ToString();
}
