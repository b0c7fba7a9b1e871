// The vocabulary of AppHost.cs: a cluster, its silos, its clients. What a silo is told here, it can be told as well
// on its command line; tests/Cluster.Tests starts one with exactly these keys and no Aspire (the environment contract).

namespace Aspire.Hosting;

public static class IngoDBBuilderExtensions
{
    /// <summary>Adds a cluster that keeps everything under <paramref name="directory"/>, relative to the AppHost project.</summary>
    public static IResourceBuilder<IngoDBResource> AddIngoDB(this IDistributedApplicationBuilder builder, [ResourceName] string name, string directory)
    {
        var root = Path.GetFullPath(Path.Combine(builder.AppHostDirectory, directory));
        var db = builder.AddResource(new IngoDBResource(name, root))
            .WithIconName("DatabaseStack")
            .WithInitialState(new() { ResourceType = "IngoDB", State = KnownResourceStates.NotStarted, Properties = [] })
            .OnInitializeResource(async (resource, initialize, cancellationToken) =>
            {
                // Returns when everything the cluster waits for, its silos, is healthy: then the cluster itself runs.
                await initialize.Eventing.PublishAsync(new BeforeResourceStartedEvent(resource, initialize.Services), cancellationToken);
                await initialize.Notifications.PublishUpdateAsync(resource, state => state with { State = KnownResourceStates.Running, StartTimeStamp = DateTime.UtcNow });
            });

        // Ids are set: generated ones would make yesterday's files belong to a stranger.
        db.Resource.Orleans = builder.AddOrleans(name).WithClusterId(name).WithServiceId(name).WithClustering(db);
        return db;
    }

    /// <summary>Adds silos that run <typeparamref name="TProject"/>, <c>name-1</c> to <c>name-count</c>, each with its own data directory.</summary>
    public static IResourceBuilder<IngoDBResource> WithSilos<TProject>(this IResourceBuilder<IngoDBResource> db, int count)
        where TProject : IProjectMetadata, new()
    {
        for (var i = 1; i <= count; i++)
        {
            var name = $"{db.Resource.Name}-{i}";
            var silo = db.ApplicationBuilder.AddProject<TProject>(name)
                .WithReference(db.Resource.Orleans)
                .WithEnvironment("Orleans__Name", name)
                .WithEnvironment("Orleans__Endpoints__AdvertisedIPAddress", "127.0.0.1")
                .WithEnvironment("IngoDB__DataDirectory", Path.Combine(db.Resource.Directory, name))
                .WithHttpEndpoint()
                .WithHttpHealthCheck("/health")
                .WithParentRelationship(db);
            db.WaitFor(silo);
        }

        return db;
    }

    /// <summary>Lets a project reach the cluster as an Orleans client, once the cluster runs.</summary>
    public static IResourceBuilder<TProject> WithIngoDBClient<TProject>(this IResourceBuilder<TProject> project, IResourceBuilder<IngoDBResource> db)
        where TProject : IResourceWithEnvironment, IResourceWithEndpoints, IResourceWithWaitSupport
        => project.WithReference(db.Resource.Orleans.AsClient()).WaitFor(db);
}
