// Collections: names, options and lives are manifest edits like every other change of what exists.
//
// Dropping one is a single edit. From then on its id is refused, by reads and by writes (collection.dropped), and never given
// again; its name is free. A stream that was begun before the drop is read to its end as of its beginning, since it holds
// the state that it began with; a snapshot does not keep a collection, because what is dropped is to give its space back.
// Rows vanish with the next flush and merge, unread (RetentionCursor). In a cluster the catalog decides what there is, and an
// engine that was away is told by Reconcile: also of collections that it never knew, so that a late request can not make them.

using IngoDB.Engine.Entries;
using IngoDB.Engine.Manifests;
using IngoDB.Model;

namespace IngoDB.Engine;

public sealed partial class StorageEngine
{
    /// <summary>The collection of that name; made, durably, when there is none.</summary>
    /// <exception cref="InvalidRequestException"><c>collection.bad_name</c>.</exception>
    public CollectionId Collection(string name)
    {
        if (FindCollection(name) is { } known) return known;
        CollectionNames.Check(name);
        lock (_editLock) return FindCollection(name) ?? Define(new(new(_state.Manifest.NextCollectionId), name));
    }

    /// <exception cref="InvalidRequestException"><c>collection.bad_name</c>, <c>collection.bad_options</c>.</exception>
    /// <exception cref="ConflictException"><c>collection.exists</c>.</exception>
    public CollectionId CreateCollection(string name, CollectionOptions? options = null)
    {
        CollectionNames.Check(name);
        options?.Check();
        lock (_editLock)
        {
            if (FindCollection(name) is not null) throw new ConflictException("collection.exists", $"There is a collection '{name}' already.");
            return Define(new(new(_state.Manifest.NextCollectionId), name) { Options = options ?? CollectionOptions.Default });
        }
    }

    public CollectionId? FindCollection(string name)
    {
        foreach (var collection in _state.Manifest.Collections.Values)
            if (collection.Name == name) return collection.Id;
        return null;
    }

    /// <summary>For a cluster, whose catalog gives the ids. Idempotent.</summary>
    /// <exception cref="InvalidRequestException">The id or the name belongs to another collection, or <c>collection.dropped</c>.</exception>
    public void DefineCollection(CollectionId id, string name, CollectionOptions? options = null)
    {
        CollectionNames.Check(name);
        lock (_editLock)
        {
            if (_state.Manifest.Collections.TryGetValue(id, out var known))
            {
                if (known.Name == name) return;
                throw new InvalidRequestException("collection.conflict", $"Collection {id} is '{known.Name}', not '{name}'.");
            }

            ThrowIfDropped(_state.Manifest, id);
            if (FindCollection(name) is { } other)
                throw new InvalidRequestException("collection.conflict", $"Collection '{name}' is {other}, not {id}.");
            Define(new(id, name) { Options = options ?? CollectionOptions.Default });
        }
    }

    /// <summary>Its documents are gone at once; their space comes back with compaction. The id is never used again, the name may be.</summary>
    public void DropCollection(CollectionId id) => Reconcile([], [id]);

    /// <summary>Gives it another name; documents, indexes and the id stay.</summary>
    /// <exception cref="InvalidRequestException"><c>collection.bad_name</c>, <c>collection.not_found</c>.</exception>
    /// <exception cref="ConflictException"><c>collection.exists</c>.</exception>
    public void RenameCollection(CollectionId id, string name)
    {
        CollectionNames.Check(name);
        lock (_editLock)
        {
            var known = Known(id);
            if (known.Name == name) return;
            if (FindCollection(name) is not null) throw new ConflictException("collection.exists", $"There is a collection '{name}' already. Drop it first, or choose another name.");
            PublishEdit(new VersionEdit { CollectionsChanged = [known with { Name = name }] });
        }
    }

    /// <summary>For writes from now on.</summary>
    /// <exception cref="InvalidRequestException"><c>collection.bad_options</c>, <c>collection.not_found</c>.</exception>
    public void ConfigureCollection(CollectionId id, CollectionOptions options)
    {
        options.Check();
        lock (_editLock)
        {
            var known = Known(id);
            if (known.Options != options) PublishEdit(new VersionEdit { CollectionsChanged = [known with { Options = options }] });
        }
    }

    /// <summary>What a catalog says that there is: names and options of collections that are known here, and what was dropped. Idempotent, one edit.</summary>
    public void Reconcile(IEnumerable<(CollectionId Id, string Name, CollectionOptions Options)> collections, IEnumerable<CollectionId> dropped)
    {
        lock (_editLock)
        {
            var manifest = _state.Manifest;
            var gone = dropped.Where(id => !manifest.DroppedCollections.Contains(id)).Distinct().ToHashSet();
            var changed = collections.Where(c => manifest.Collections.TryGetValue(c.Id, out var known) && (known.Name != c.Name || known.Options != c.Options))
                .Select(c => new CollectionDefinition(c.Id, c.Name) { Options = c.Options });
            var edit = new VersionEdit
            {
                CollectionsChanged = [.. changed],
                CollectionsDropped = [.. gone],
                IndexesDropped = [.. manifest.Indexes.Values.Where(i => gone.Contains(i.Collection)).Select(i => i.Id)],
            };
            if (edit.CollectionsChanged.IsEmpty && edit.CollectionsDropped.IsEmpty) return;
            PublishEdit(edit);
        }

        RequestWork();
    }

    public IReadOnlyList<(CollectionId Id, string Name)> Collections
        => [.. _state.Manifest.Collections.Values.OrderBy(c => c.Name, StringComparer.Ordinal).Select(c => (c.Id, c.Name))];

    /// <exception cref="InvalidRequestException"><c>collection.not_found</c>, <c>collection.dropped</c>.</exception>
    public CollectionOptions OptionsOf(CollectionId id) => Known(id).Options;

    private CollectionId Define(CollectionDefinition definition)
    {
        PublishEdit(new VersionEdit { CollectionsDefined = [definition] });
        return definition.Id;
    }

    private CollectionDefinition Known(CollectionId id) => _state.Manifest.Collections.TryGetValue(id, out var known) ? known : throw NoCollection(_state.Manifest, id);

    /// <summary>Nothing is looked up while nothing was ever dropped.</summary>
    private static void ThrowIfDropped(ManifestState manifest, CollectionId id)
    {
        if (!manifest.DroppedCollections.IsEmpty && manifest.DroppedCollections.Contains(id)) throw NoCollection(manifest, id);
    }

    private static InvalidRequestException NoCollection(ManifestState manifest, CollectionId id, string pointer = "") => manifest.DroppedCollections.Contains(id)
        ? new("collection.dropped", $"Collection {id} was dropped.", pointer, "Ask for the collection by its name; another may have it now")
        : new("collection.not_found", $"There is no collection {id}; define it first.", pointer);
}
