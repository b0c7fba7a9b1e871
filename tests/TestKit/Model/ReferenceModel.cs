// The database as anybody would write it who had an afternoon, endless memory and no disk: a list of versions for
// each key, read by walking it. Whatever the engine does with logs, tables, indexes and merges, its answers must be
// those of this page. Conditions are decided as semantics says; the version of a write is the engine's to give.

using IngoDB.Engine.Entries;
using IngoDB.Model;

namespace IngoDB.TestKit;

/// <summary>A naive multi-version store. One thread.</summary>
public sealed class ReferenceModel
{
    private readonly SortedDictionary<(CollectionId, DocumentId), List<ModelVersion>> _documents = [];

    /// <summary>A copy to try something on.</summary>
    public ReferenceModel Clone()
    {
        var copy = new ReferenceModel { Newest = Newest };
        foreach (var (key, versions) in _documents) copy._documents[key] = [.. versions];
        return copy;
    }

    /// <summary>The greatest version recorded.</summary>
    public DocumentVersion Newest { get; private set; }

    /// <summary>What a write must answer, given what stands there now.</summary>
    public WriteStatus Expect(ModelWrite write, ReadPoint now)
    {
        var present = Get(write.Collection, write.Id, now);
        if (write.IfVersion != DocumentVersion.None && present?.Version != write.IfVersion) return WriteStatus.Refused;
        return write.Kind switch
        {
            WriteKind.Upsert => write.IfVersion == DocumentVersion.None ? WriteStatus.Upserted : WriteStatus.Replaced,
            WriteKind.Insert => present is null ? WriteStatus.Inserted : WriteStatus.Refused,
            WriteKind.UpsertIfMissing => present is null ? WriteStatus.Inserted : WriteStatus.Unchanged,
            WriteKind.Replace or WriteKind.Patch => present is null ? WriteStatus.Refused : WriteStatus.Replaced,
            WriteKind.Delete => present is null ? WriteStatus.NotFound : WriteStatus.Deleted,
            _ => throw new ArgumentOutOfRangeException(nameof(write)),
        };
    }

    /// <summary>Records a write that took place, with the version that it was given.</summary>
    public void Record(ModelWrite write, DocumentVersion version, ReadPoint before)
    {
        var document = write.Kind switch
        {
            WriteKind.Delete => null,
            WriteKind.Patch => PatchApplier.Apply(Get(write.Collection, write.Id, before)!.Fields, write.Steps!),
            _ => write.Document,
        };
        if (!_documents.TryGetValue((write.Collection, write.Id), out var versions)) _documents[(write.Collection, write.Id)] = versions = [];
        versions.RemoveAll(v => v.Version == version);
        versions.Add(new(version, document));
        if (version > Newest) Newest = version;
    }

    public void DropCollection(CollectionId collection)
    {
        foreach (var key in _documents.Keys.Where(k => k.Item1 == collection).ToList()) _documents.Remove(key);
    }

    public StoredDocument? Get(CollectionId collection, DocumentId id, ReadPoint at)
        => _documents.TryGetValue((collection, id), out var versions) ? Visible(id, versions, at) : null;

    /// <summary>filter → sort → limit, by <c>_id</c> where nothing else is asked.</summary>
    public List<StoredDocument> Scan(CollectionId collection, ReadPoint at, Filter? where = null, IReadOnlyList<SortKey>? sort = null, int? limit = null)
    {
        var found = new List<StoredDocument>();
        foreach (var ((owner, id), versions) in _documents)
            if (owner == collection && Visible(id, versions, at) is { } document && FilterEvaluator.Matches(where, document)) found.Add(document);
        found.Sort(new ScanOrder(sort ?? []));
        return limit is { } first ? found[..Math.Min(first, found.Count)] : found;
    }

    private static StoredDocument? Visible(DocumentId id, List<ModelVersion> versions, ReadPoint at)
    {
        var newest = versions.Where(v => at.Sees(v.Version)).MaxBy(v => v.Version);
        return newest?.Document is { } document && !at.IsExpired(ExpiresAt(document)) ? new(id, newest.Version, document) : null;
    }

    private static DocumentVersion ExpiresAt(Document document)
    {
        var expires = document[FieldNames.Expires];
        return expires.Kind == ValueKind.Timestamp ? DocumentVersion.At(expires.AsTimestamp().AddTicks(TimeSpan.TicksPerMillisecond - 1)) : DocumentVersion.None;
    }

    private sealed record ModelVersion(DocumentVersion Version, Document? Document);
}

/// <summary>A write as a test makes it, for engine and model alike.</summary>
public sealed record ModelWrite(WriteKind Kind, CollectionId Collection, DocumentId Id)
{
    public Document? Document { get; init; }

    public DocumentVersion IfVersion { get; init; }

    public IReadOnlyList<PatchStep>? Steps { get; init; }

    public Engine.EngineWrite ToEngine() => Kind switch
    {
        WriteKind.Delete => new(Kind, Collection, Id) { IfVersion = IfVersion },
        WriteKind.Patch => new(Kind, Collection, Id) { IfVersion = IfVersion, Steps = Steps },
        _ => Engine.EngineWrite.Of(Kind, Collection, Id, Document!) with { IfVersion = IfVersion },
    };
}
