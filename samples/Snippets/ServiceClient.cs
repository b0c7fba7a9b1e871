using IngoDB.Abstractions.Clustering;
using IngoDB.Client;
using IngoDB.Model;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace IngoDB.Samples.Snippets;

/// <summary>A service beside a cluster: registration, typed documents, a traversal, a snapshot.</summary>
internal static class ServiceClient
{
    public static IHost Build(string[] args)
    {
        var builder = Host.CreateApplicationBuilder(args);
        builder.UseOrleansClient(client => client.UseIngoDBFileClustering("data/cluster"));
        builder.Services.AddIngoDBClient();
        return builder.Build();
    }

    public static async Task UseAsync(IngoDatabase db, IEnumerable<Movie> batch)
    {
        var movies = db.Collection<Movie>("movies");
        await movies.InsertManyAsync(batch);

        var late = await movies.Where(m => m.Year >= 1970 && m.Cast.Contains("Harrison Ford"))
            .OrderByDescending(m => m.Year).Take(20).ToListAsync();

        var sharedCast = await db.Traverse("movies").Start(Filter.Eq("title", "Alien"))
            .Hop("cast", "movies", "cast").ToListAsync();

        await using var snapshot = await db.SnapshotAsync();
        var count = await movies.Query().At(snapshot).CountAsync();

        Console.WriteLine($"{late.Count} {sharedCast.Count} {count}");
    }

    public sealed record Movie(string Title, int Year, string[] Cast);
}
