// What key operations would do on N silos that have a machine each, from what they were measured to cost on N silos that share one. Pure.
//
// On one machine throughput says nothing about machines that are not there, but the work of an operation does: it does not matter who else is
// on the machine how many messages are sent for an operation, and, near enough, how long processors compute for it.
//
//   a client ──► gateway ──► partition's silo        an operation enters at any silo; with N silos the partition is
//                  └ (1/N) the same one               on another one with probability (N - 1) / N
//
//   work of an operation   D(N) = here + forward × (N - 1) / N          `here` as measured at N = 1, `forward` the mean of the others
//   a silo                 C processors that share a queue (M/M/C): operations come at random times, as from many clients
//   balance                the busiest silo has `Imbalance` times the mean; it is the one that is full first
//   full                   when an operation waits in the queue as long as it is worked on: response time = 2 × D
//   throughput             X(N) = N × C × utilization when full / (D(N) × Imbalance(N))
//   efficiency             X(N) / (N × X(1)): what N silos do of N times what one does
//
// Assumed, and where it is wrong: networks are not full (bytes of an operation are told beside); clients are spread over gateways evenly; keys are
// asked evenly (a hot key is one silo's business at any N); processors of separate machines have caches of their own, so that D measured
// on shared ones is too much rather than too little; background work (merging) grows with the writes and is in D.

namespace IngoDB.ClusterBench.Scaling;

/// <summary>Work of an operation at some number of silos, measured.</summary>
/// <param name="ProcessorMicroseconds">Of all silos, for one operation.</param>
internal sealed record ScalePoint(int Silos, double ProcessorMicroseconds);

/// <summary>See above.</summary>
/// <param name="HereMicroseconds">Work that an operation is wherever it enters.</param>
/// <param name="ForwardMicroseconds">Work on top when it has to go to another silo: both ends of the way there and back.</param>
internal sealed record ScaleModel(double HereMicroseconds, double ForwardMicroseconds)
{
    private const double UtilizationStep = 0.0005;

    /// <summary>What one silo was measured to do is what an operation costs where it enters; the rest is told by the mean of what the others needed more.</summary>
    /// <param name="points">One silo and others.</param>
    public static ScaleModel Fit(IReadOnlyList<ScalePoint> points)
    {
        var here = points.Single(point => point.Silos == 1).ProcessorMicroseconds;
        return new(here, Math.Max(0, points.Where(point => point.Silos > 1).Average(point => (point.ProcessorMicroseconds - here) / ForwardedShare(point.Silos))));
    }

    public double WorkMicroseconds(int silos) => HereMicroseconds + (ForwardMicroseconds * ForwardedShare(silos));

    /// <summary>Operations a second of all silos together, when the busiest one is full.</summary>
    /// <param name="silos">On a machine each.</param>
    /// <param name="processors">Of a machine.</param>
    /// <param name="partitions">Spread over the silos as evenly as they can be.</param>
    public double PerSecond(int silos, int processors, int partitions) => silos * processors * FullUtilization(processors) / (WorkMicroseconds(silos) * Imbalance(silos, partitions)) * 1e6;

    /// <summary>Of N times what a number of silos to compare with does.</summary>
    public double Efficiency(int silos, int processors, int partitions, int comparedWith = 1)
        => PerSecond(silos, processors, partitions) / silos / (PerSecond(comparedWith, processors, partitions) / comparedWith);

    public static double ForwardedShare(int silos) => (silos - 1.0) / silos;

    /// <summary>Partitions of the silo that has the most, to the mean.</summary>
    public static double Imbalance(int silos, int partitions) => Math.Ceiling((double)partitions / silos) / ((double)partitions / silos);

    /// <summary>The utilization of M/M/C at which the mean wait is as long as the work.</summary>
    public static double FullUtilization(int processors)
    {
        var utilization = 0.0;
        while (utilization + UtilizationStep < 1 && WaitOfWork(processors, utilization + UtilizationStep) <= 1) utilization += UtilizationStep;
        return utilization;
    }

    /// <summary>Mean wait in the queue, in times of the mean work: Erlang's C over the processors that are free.</summary>
    public static double WaitOfWork(int processors, double utilization)
    {
        var offered = processors * utilization;
        var (term, sum) = (1.0, 1.0);
        for (var k = 1; k < processors; k++) sum += term *= offered / k;
        var last = term * offered / processors / (1 - utilization);
        return last / (sum + last) / (processors * (1 - utilization));
    }
}
