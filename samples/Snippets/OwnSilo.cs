using IngoDB.Grains.Clustering;
using IngoDB.Grains.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace IngoDB.Samples.Snippets;

/// <summary>A silo of the user's own, with grains of the user's own, that is a node of the database too.</summary>
internal static class OwnSilo
{
    public static IHost Build(string[] args)
    {
        var builder = Host.CreateApplicationBuilder(args);
        builder.UseOrleans(silo => silo
            .UseIngoDBFileClustering("data/cluster")
            .UseIngoDB(options => options.DataDirectory = "data/node-1"));
        return builder.Build();
    }
}
