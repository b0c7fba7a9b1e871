// How soon a silo that hangs is noticed: Orleans suppresses votes while a connection delivered anything within MaxProbeTimeout × NumMissedProbesLimit, so
// that product bounds it (60 s with Orleans' defaults, measured). Copies take over after 1.5 s of silence whatever these settings are; clients and grains
// that are on the silo wait for them. What was set to more than ten seconds is said at the start, because nobody looks for it later.

using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Runtime;

namespace IngoDB.Grains.Clustering;

/// <summary>Says at the start that failures would be noticed late.</summary>
internal sealed partial class DetectionWarning(IOptions<ClusterMembershipOptions> options, ILogger<DetectionWarning> logger) : ILifecycleParticipant<ISiloLifecycle>
{
    private static readonly TimeSpan LateFrom = TimeSpan.FromSeconds(10);

    public void Participate(ISiloLifecycle lifecycle) => lifecycle.Subscribe(nameof(DetectionWarning), ServiceLifecycleStage.First, _ =>
    {
        if (Detection(options.Value) is var detection && detection > LateFrom) LogLate(logger, detection.TotalSeconds, options.Value.MaxProbeTimeout.TotalSeconds, options.Value.NumMissedProbesLimit);
        return Task.CompletedTask;
    });

    /// <summary>How long a silo that hangs may go unnoticed.</summary>
    public static TimeSpan Detection(ClusterMembershipOptions options) => options.MaxProbeTimeout * options.NumMissedProbesLimit;

    [LoggerMessage(EventId = 3005, Level = LogLevel.Warning, Message = "A silo that hangs is noticed after {Seconds:0} s only (ClusterMembershipOptions: MaxProbeTimeout {Probe:0.#} s × NumMissedProbesLimit {Limit}); UseIngoDBMembershipDefaults makes it 3 s")]
    private static partial void LogLate(ILogger logger, double seconds, double probe, int limit);
}
