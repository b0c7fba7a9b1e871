// Indexes are manifest edits like every other change of what exists, and here is the one place where edits are published.

using IngoDB.Engine.Entries;
using IngoDB.Engine.Events;
using IngoDB.Engine.Manifests;
using IngoDB.Engine.Memtables;
using IngoDB.Engine.Sstables;
using IngoDB.Engine.Statistics;
using IngoDB.Model;

namespace IngoDB.Engine;

public sealed partial class StorageEngine
{
    /// <summary>Defines an index on one field and lets it be built in the background; the existing one when there is one on this path.</summary>
    public IndexStatus DefineIndex(CollectionId collection, FieldPath path, string cause) => DefineIndex(collection, IndexFields.Of(path), cause);

    /// <summary>The same for an index on several fields: first those that queries ask for one value of, then the one they sort by or ask a range of.</summary>
    public IndexStatus DefineIndex(CollectionId collection, IndexFields fields, string cause)
    {
        ThrowIfClosed();
        IndexDefinition definition;
        lock (_editLock)
        {
            if (FindIndex(collection, fields) is { } known) return StatusOf(known);
            if (!_state.Manifest.Collections.ContainsKey(collection))
                throw new InvalidRequestException("collection.not_found", $"There is no collection {collection}.");
            definition = new(new(_state.Manifest.NextIndexId), collection, fields, cause);
            PublishEdit(new VersionEdit { IndexesDefined = [definition] });
            _queries.Statistics.IndexDefined(collection, fields.Text);
        }

        Events.Raise(new IndexDefined(NameOf(definition), cause));
        // What lies in memory gets the index by becoming a table; below a thousand rows a scan is as good.
        if (Options.BackgroundWork && _state.Active.EntryCount >= EntriesWorthATable) _pipeline.BetweenGroups(SealLocked);
        RequestBuild();
        return StatusOf(definition);
    }

    public void DropIndex(CollectionId collection, FieldPath path, string cause) => DropIndex(collection, IndexFields.Of(path), cause);

    public void DropIndex(CollectionId collection, IndexFields fields, string cause)
    {
        lock (_editLock)
        {
            if (FindIndex(collection, fields) is not { } known) return;
            var files = _state.Manifest.Tables.Values.Where(t => t.Indexes.Any(i => i.Index == known.Id)).Select(t => PathOf(t.Indexes.First(i => i.Index == known.Id).FileName(t.Id))).ToList();
            PublishEdit(new VersionEdit { IndexesDropped = [known.Id] });
            _queries.Statistics.IndexDropped(collection, fields.Text);
            foreach (var file in files) _files.Delete(file);
            Events.Raise(new IndexDropped(NameOf(known), cause));
        }
    }

    public IReadOnlyList<IndexStatus> Indexes => _queries.IndexStatuses(_state);

    private IndexDefinition? FindIndex(CollectionId collection, IndexFields fields)
        => _state.Manifest.Indexes.Values.FirstOrDefault(i => i.Collection == collection && i.Fields.Equals(fields));

    private IndexStatus StatusOf(IndexDefinition definition)
    {
        foreach (var status in Indexes)
            if (status.Collection == definition.Collection && status.Path == definition.Fields.Text) return status;
        throw new InvariantViolationException($"index {definition.Id} has no status");
    }

    /// <summary>The links that walks over the graph step by, like <c>routes.to -> routes.from</c>, and the memory of each.</summary>
    public IReadOnlyList<(string Name, long Bytes)> Links => [.. _links.All.Select(link => (link.Name.Text(NameOf), link.Bytes))];

    private string NameOf(CollectionId collection) => _state.Manifest.Collections.TryGetValue(collection, out var known) ? known.Name : collection.ToString();

    private string NameOf(IndexDefinition definition)
        => $"{NameOf(definition.Collection)}/{definition.Fields}";

    /// <summary>The only place where a change of what exists becomes durable and visible, in this order.</summary>
    private void PublishEdit(VersionEdit edit, IReadOnlyList<Sstable>? added = null, Memtable? flushed = null)
    {
        lock (_editLock)
        {
            var manifest = _manifest.Append(edit);
            lock (_stateLock)
            {
                var tables = _state.Tables;
                if (added is { Count: > 0 } || edit.TablesRemoved.Length > 0)
                    tables = [.. tables.Where(t => !edit.TablesRemoved.Contains(t.Info.Id)).Concat(added ?? []).OrderByDescending(t => t.Info.NewestVersion)];
                var next = _state with { Manifest = manifest, Tables = tables };
                if (flushed is not null)
                {
                    next = next with { Sealed = next.Sealed.Remove(flushed) };
                    _segments.RemoveAll(s => ReferenceEquals(s.Memtable, flushed));
                }

                _queries.Attach(next);
                _state = next;
            }
        }
    }
}
