// What a provider is told, by code or as configuration (Orleans:GrainStorage:<name>:...). Checked when the silo starts, all mistakes at
// once and by the name of the provider.

using System.Text.Json;
using IngoDB.Client;
using Orleans.Runtime;
using Orleans.Storage;

namespace IngoDB.GrainStorage;

/// <summary>How a provider stores grain state.</summary>
public sealed class IngoDBGrainStorageOptions
{
    /// <summary>The database; null is the cluster's default.</summary>
    public string? Database { get; set; }

    /// <summary>Acknowledged before it is on disk, synced within 100 ms: survives a crash of the process, not of the machine. Null: the database's choice, which is durable unless it was made otherwise.</summary>
    public bool? Buffered { get; set; }

    /// <summary>A state that was not written for so long ends by itself; null: states stay. One second to a hundred years.</summary>
    public TimeSpan? TimeToLive { get; set; }

    /// <summary>The same for single grain types; a null there keeps them.</summary>
    public IDictionary<string, TimeSpan?> TimeToLiveOf { get; } = new Dictionary<string, TimeSpan?>(StringComparer.Ordinal);

    /// <summary>How states become documents; null: camelCase, properties and public fields, members with an [Id].</summary>
    public JsonSerializerOptions? JsonSerializerOptions { get; set; }

    /// <summary>Stores states as the bytes of this serializer instead: they can not be queried. States that are documents are still read. Null (the default): documents.</summary>
    public IGrainStorageSerializer? GrainStorageSerializer { get; set; }

    /// <summary>Reads states that were stored by this serializer before; what is written is a document. For the way from opaque states to documents.</summary>
    public IGrainStorageSerializer? FormerSerializer { get; set; }

    /// <summary>The name of the provider that had the states until now: what is not here is read there, and is here once it is written. Cleared states are cleared in both.</summary>
    public string? MovesFrom { get; set; }

    /// <summary>From this size on only those top-level fields travel to another silo that have changed.</summary>
    public int PartialChangeBytes { get; set; } = 64 << 10;

    /// <summary>The database of another cluster; null: that of the silo's own.</summary>
    public Func<IServiceProvider, IngoDBClient>? Client { get; set; }

    /// <summary>Part of the collections' names, for services that share a database. Null: the service's id if <see cref="Client"/> is given, nothing otherwise, since the database is the service's own.</summary>
    public string? Service { get; set; }
}

/// <summary>Names every option that makes no sense.</summary>
/// <param name="name">The provider's.</param>
internal sealed class IngoDBGrainStorageOptionsValidator(IngoDBGrainStorageOptions options, string name) : IConfigurationValidator
{
    private static readonly TimeSpan TimeToLiveMin = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan TimeToLiveMax = TimeSpan.FromDays(36_500);

    /// <exception cref="OrleansConfigurationException">What is wrong with them.</exception>
    public void ValidateConfiguration()
    {
        var failures = new List<string>();
        Require(options.Database is null or { Length: > 0 and <= 64 }, "Database must be null or a name of 1 to 64 characters.");
        Require(IsLife(options.TimeToLive), "TimeToLive must be one second to a hundred years.");
        foreach (var (type, life) in options.TimeToLiveOf) Require(IsLife(life), $"TimeToLiveOf '{type}' must be one second to a hundred years.");
        Require(options.PartialChangeBytes >= 1024, "PartialChangeBytes must be 1,024 or more.");
        Require(options.MovesFrom is null or { Length: > 0 } && options.MovesFrom != name, "MovesFrom must be null or the name of another provider.");
        Require(options.Service is null or { Length: > 0 }, "Service must be null or a name.");
        Require(options.JsonSerializerOptions is null || options.GrainStorageSerializer is null, "JsonSerializerOptions are for documents, and GrainStorageSerializer makes none; set one of them.");
        Require(options.FormerSerializer is null || options.GrainStorageSerializer is null, "FormerSerializer reads what GrainStorageSerializer wrote; set one of them.");
        if (failures.Count > 0) throw new OrleansConfigurationException($"The IngoDB grain storage '{name}': {string.Join(" ", failures)}");

        void Require(bool holds, string otherwise)
        {
            if (!holds) failures.Add(otherwise);
        }
    }

    private static bool IsLife(TimeSpan? life) => life is null || (life >= TimeToLiveMin && life <= TimeToLiveMax);
}
