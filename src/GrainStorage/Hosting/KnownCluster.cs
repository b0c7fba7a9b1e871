using IngoDB.Model;

namespace IngoDB.GrainStorage.Hosting;

/// <summary>A silo without the database's code hears from the others which grains there are; what it wants of the database first may be earlier than that.</summary>
internal static class KnownCluster
{
    private static readonly TimeSpan KnownWithin = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(50);

    /// <summary>What is made of the cluster's client, once the database's grains are known.</summary>
    /// <exception cref="UnavailableException"><c>cluster.no_database</c>: nobody told of them in ten seconds.</exception>
    public static async ValueTask<T> WhenKnownAsync<T>(Func<T> make, TimeProvider time, CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        while (true)
        {
            try
            {
                return make();
            }
            catch (ArgumentException unknown)
            {
                // The grain factory's word for an interface that no silo implements, as far as is known here.
                if (time.GetElapsedTime(began) > KnownWithin) throw new UnavailableException("cluster.no_database", "No silo of this cluster has the database.", unknown);
            }

            await Task.Delay(LookEvery, time, cancellationToken).ConfigureAwait(false);
        }
    }
}
