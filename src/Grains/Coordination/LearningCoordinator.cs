// What is learned, and what people say to it, by name: every operation is asked of the collections' grains, of one
// collection or of all. A design that is applied makes collections that are not there yet.

using IngoDB.Abstractions;
using IngoDB.Engine.Advising;
using IngoDB.Grains.Catalog;
using IngoDB.Grains.Collections;
using IngoDB.Model;

namespace IngoDB.Grains.Coordination;

/// <summary>Runs <c>indexes.*</c>, <c>patterns.*</c> and <c>learning.*</c>. Thread-safe.</summary>
internal sealed class LearningCoordinator(CatalogView catalog, IGrainFactory grains)
{
    /// <summary>Those that only look; what they show.</summary>
    private static readonly Dictionary<string, string> s_lists = new(StringComparer.Ordinal)
    {
        ["indexes.list"] = "indexes", ["patterns.list"] = "patterns", ["learning.rules"] = "rules", ["learning.log"] = "decisions", ["learning.whatif"] = "candidates",
    };

    public static readonly string[] Operations =
        [.. s_lists.Keys, "indexes.pin", "indexes.unpin", "indexes.ban", "indexes.unban", "learning.set", "learning.advance", "learning.export", "learning.apply"];

    public async ValueTask<Document> RunAsync(string operation, DatabaseMap map, Document argument, CancellationToken cancellationToken) => operation switch
    {
        "learning.advance" => await AdvanceAsync(map, argument, cancellationToken).ConfigureAwait(false),
        "learning.export" => await ExportAsync(map, argument, cancellationToken).ConfigureAwait(false),
        "learning.apply" => await ApplyAsync(map, argument, cancellationToken).ConfigureAwait(false),
        _ when s_lists.TryGetValue(operation, out var what) => await ListAsync(map, argument, what, cancellationToken).ConfigureAwait(false),
        _ => await OrderAsync(operation, map, argument, cancellationToken).ConfigureAwait(false),
    };

    private async ValueTask<Document> ListAsync(DatabaseMap map, Document argument, string what, CancellationToken cancellationToken)
    {
        var rows = new List<Value>();
        foreach (var collection in Of(map, argument))
        {
            var described = Read(await Grain(map, collection).DescribeAsync(cancellationToken).ConfigureAwait(false))[what];
            if (described.Kind == ValueKind.Array) rows.AddRange(described.AsArray().ToArray());
            else rows.Add(described);
        }

        return Document.Of((what, Value.From([.. rows])));
    }

    /// <summary>Looks now, whatever was noticed: what was decided stands in the answer.</summary>
    private async ValueTask<Document> AdvanceAsync(DatabaseMap map, Document argument, CancellationToken cancellationToken)
    {
        foreach (var collection in Of(map, argument)) FaultCodec.ThrowIfFault((await Grain(map, collection).LearnAsync(cancellationToken).ConfigureAwait(false)).Fault);
        return await ListAsync(map, argument, "decisions", cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask<Document> OrderAsync(string operation, DatabaseMap map, Document argument, CancellationToken cancellationToken)
    {
        var collections = Of(map, argument);
        if (operation != "learning.set" && collections.Count != 1) throw new InvalidRequestException("admin.bad_argument", "The argument has no 'collection'.", "/collection", example: """{"collection": "movies", "path": "genre+year"}""");
        var rules = new List<Value>();
        foreach (var collection in collections)
            rules.Add(Read(await Grain(map, collection).OrderAsync(new() { Operation = operation, Argument = SingleDocument.Write(argument) }, cancellationToken).ConfigureAwait(false))["rules"]);
        return Document.Of(("rules", Value.From([.. rules])));
    }

    private async ValueTask<Document> ExportAsync(DatabaseMap map, Document argument, CancellationToken cancellationToken)
    {
        var designs = new List<CollectionDesign>();
        foreach (var collection in Of(map, argument).OrderBy(collection => collection.Name, StringComparer.Ordinal))
        {
            var described = Read(await Grain(map, collection).DescribeAsync(cancellationToken).ConfigureAwait(false));
            var indexes = described["indexes"].AsArray().ToArray().Select(index => new IndexDesign(index.AsDocument()["path"].AsString(), index.AsDocument()["cause"].AsString()));
            designs.Add(CollectionDesign.Of(collection.Name, LearningDocuments.ReadRules(described["rules"].AsDocument()), indexes));
        }

        return Document.Of(("design", new LearnedDesign(designs).ToJson()));
    }

    private async ValueTask<Document> ApplyAsync(DatabaseMap map, Document argument, CancellationToken cancellationToken)
    {
        if (argument["design"] is not { Kind: ValueKind.String } json) throw new InvalidRequestException("admin.bad_argument", "The argument has no 'design', the text of a learned design.", "/design");
        var applied = new List<Value>();
        foreach (var design in LearnedDesign.Parse(json.AsString()).Collections)
        {
            if (map.FindCollection(design.Name) is null)
            {
                FaultCodec.ThrowIfFault((await grains.GetGrain<ICatalogGrain>(0).EnsureCollectionAsync(map.Name, design.Name, cancellationToken).ConfigureAwait(false)).Fault);
                map = await catalog.RefreshAsync(map, cancellationToken).ConfigureAwait(false);
            }

            var collection = map.FindCollection(design.Name) ?? throw NearestNames.NotFound(map, design.Name, "/design");
            var order = Document.Of(("design", new LearnedDesign([design]).ToJson()), ("exact", argument["exact"] is { Kind: ValueKind.Bool } exact && exact.AsBool()));
            applied.Add(Read(await Grain(map, collection).OrderAsync(new() { Operation = "learning.apply", Argument = SingleDocument.Write(order) }, cancellationToken).ConfigureAwait(false))["rules"]);
        }

        return Document.Of(("rules", Value.From([.. applied])));
    }

    private ICollectionGrain Grain(DatabaseMap map, CollectionRecord collection) => grains.GetGrain<ICollectionGrain>(CollectionKey.Of(map.Name, collection.Id));

    private static IReadOnlyList<CollectionRecord> Of(DatabaseMap map, Document argument)
    {
        if (argument["collection"] is not { Kind: ValueKind.String } name) return map.Database.Collections;
        return [map.FindCollection(name.AsString()) ?? throw NearestNames.NotFound(map, name.AsString(), "/collection")];
    }

    private static Document Read(ValueReply reply)
    {
        FaultCodec.ThrowIfFault(reply.Fault);
        return SingleDocument.Read(reply.Value)!;
    }
}
