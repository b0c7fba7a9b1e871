// Collections of a database: the catalog says what there is, the partitions follow. Each change is one compare-and-swap in the
// catalog, after which it is true; telling the partitions only makes it so everywhere at once. Whoever dies between the two
// leaves a catalog that every partition reads when it is opened, when it meets a collection that it does not know, and now
// and then; and the same call, made again, tells them again.

using IngoDB.Abstractions;
using IngoDB.Grains.Catalog;
using IngoDB.Model;

namespace IngoDB.Grains.Coordination;

/// <summary>Runs <c>collections.*</c>. Thread-safe.</summary>
internal sealed class CollectionCoordinator(CatalogView catalog, ClusterCatalog records, PartitionRouter router)
{
    public static readonly string[] Operations = ["collections.list", "collections.create", "collections.configure", "collections.rename", "collections.drop", "collections.stats"];

    private static readonly string[] Arguments = ["name", "ttlSeconds", "buffered"];

    private const string Example = """{"name": "sessions", "ttlSeconds": 3600, "buffered": true}""";

    public async ValueTask<Document> RunAsync(string operation, DatabaseMap map, Document argument, CancellationToken cancellationToken) => operation switch
    {
        "collections.list" => Document.Of(("collections", Value.From([.. map.Database.Collections.Select(c => Value.From(Describe(c)))]))),
        "collections.create" => await CreateAsync(map, argument, cancellationToken).ConfigureAwait(false),
        "collections.configure" => await ConfigureAsync(map, argument, cancellationToken).ConfigureAwait(false),
        "collections.rename" => await RenameAsync(map, argument, cancellationToken).ConfigureAwait(false),
        "collections.drop" => await DropAsync(map, argument, cancellationToken).ConfigureAwait(false),
        _ => await StatisticsCoordinator.RunAsync(new(map, router, cancellationToken), Found(map, argument)).ConfigureAwait(false),
    };

    private async ValueTask<Document> CreateAsync(DatabaseMap map, Document argument, CancellationToken cancellationToken)
    {
        var name = Name(argument, "name", forWriting: true);
        await records.CreateCollectionAsync(map.Name, name, Options(argument), cancellationToken).ConfigureAwait(false);
        var missing = await TellAsync(map, cancellationToken).ConfigureAwait(false);
        map = await catalog.RefreshAsync(map, cancellationToken).ConfigureAwait(false);
        return Describe(map.FindCollection(name) ?? throw new ConflictException("collection.dropped", $"Collection '{name}' was dropped at once.")).With("missingPartitions", missing);
    }

    private async ValueTask<Document> ConfigureAsync(DatabaseMap map, Document argument, CancellationToken cancellationToken)
    {
        var wanted = Found(map, argument).With(Options(argument));
        await records.ChangeCollectionAsync(map.Name, wanted, cancellationToken).ConfigureAwait(false);
        return Describe(wanted).With("missingPartitions", await TellAsync(map, cancellationToken).ConfigureAwait(false));
    }

    private async ValueTask<Document> RenameAsync(DatabaseMap map, Document argument, CancellationToken cancellationToken)
    {
        var wanted = Found(map, argument) with { Name = Name(argument, "to", forWriting: true) };
        await records.ChangeCollectionAsync(map.Name, wanted, cancellationToken).ConfigureAwait(false);
        return Describe(wanted).With("missingPartitions", await TellAsync(map, cancellationToken).ConfigureAwait(false));
    }

    /// <summary>Of one that is not there, too: whoever tried before may not have told everybody.</summary>
    private async ValueTask<Document> DropAsync(DatabaseMap map, Document argument, CancellationToken cancellationToken)
    {
        var name = Name(argument, "name", forWriting: true);
        var found = map.FindCollection(name);
        if (found is not null) await records.DropCollectionAsync(map.Name, found.Id, cancellationToken).ConfigureAwait(false);
        return Document.Of(("name", name), ("dropped", found is not null), ("missingPartitions", await TellAsync(map, cancellationToken).ConfigureAwait(false)));
    }

    /// <summary>Each partition reads the catalog, and so does its silo. Those that can not be asked do it when they come back.</summary>
    private async ValueTask<Value> TellAsync(DatabaseMap map, CancellationToken cancellationToken)
    {
        var scope = new RequestScope(await catalog.RefreshAsync(map, cancellationToken).ConfigureAwait(false), router, cancellationToken);
        await scope.ToAllAsync(grain => grain.ReconcileAsync(scope.Cancellation), static reply => reply.Fault).ConfigureAwait(false);
        return Value.From([.. scope.Missing.Select(p => Value.From((long)p))]);
    }

    private static CollectionRecord Found(DatabaseMap map, Document argument)
    {
        var name = Name(argument, "name", forWriting: false);
        return map.FindCollection(name) ?? throw NearestNames.NotFound(map, name, "/name");
    }

    private static string Name(Document argument, string key, bool forWriting)
        => argument[key] is { Kind: ValueKind.String } name
            ? Model.CollectionName.Check(name.AsString(), forWriting, "/" + key)
            : throw new InvalidRequestException("admin.missing_argument", $"The argument needs '{key}', the name of a collection.", "/" + key, example: Example);

    private static CollectionOptions Options(Document argument)
    {
        foreach (var (key, _) in argument)
            if (!Arguments.Contains(key)) throw new InvalidRequestException("admin.unknown_argument", $"There is no option '{key}'.", "/" + key, Arguments.MinBy(known => NearestNames.Distance(key, known)), Example);
        var (seconds, buffered) = (argument["ttlSeconds"], argument["buffered"]);
        if (seconds.Kind is not (ValueKind.Missing or ValueKind.Null or ValueKind.Int64)) throw new InvalidRequestException("collection.bad_options", "ttlSeconds is a whole number of seconds.", "/ttlSeconds", example: Example);
        if (buffered.Kind is not (ValueKind.Missing or ValueKind.Null or ValueKind.Bool)) throw new InvalidRequestException("collection.bad_options", "buffered is true or false.", "/buffered", example: Example);
        var options = new CollectionOptions
        {
            TimeToLive = seconds.Kind == ValueKind.Int64 ? TimeSpan.FromSeconds(Math.Clamp(seconds.AsInt64(), 0, int.MaxValue * 2L)) : null,
            Buffered = buffered.Kind == ValueKind.Bool ? buffered.AsBool() : null,
        };
        options.Check();
        return options;
    }

    private static Document Describe(CollectionRecord collection)
    {
        var described = new DocumentBuilder().Add("name", collection.Name).Add("id", (long)collection.Id);
        if (collection.TimeToLiveMilliseconds > 0) described.Add("ttlSeconds", collection.TimeToLiveMilliseconds / 1000);
        if (collection.Buffered is { } buffered) described.Add("buffered", buffered);
        return described.Build();
    }
}
