using IngoDB.Abstractions;
using IngoDB.Model;

namespace IngoDB.Client.Tests.Fakes;

/// <summary>Documents by id, and what each kind of write does to them.</summary>
internal sealed class FakeCollection
{
    private readonly SortedDictionary<DocumentId, StoredDocument> _documents = [];

    public IEnumerable<StoredDocument> All => _documents.Values;

    public StoredDocument? Find(DocumentId id) => _documents.GetValueOrDefault(id);

    public FakeCollection Copy()
    {
        var copy = new FakeCollection();
        foreach (var (id, document) in _documents) copy._documents.Add(id, document);
        return copy;
    }

    public WriteOutcome Apply(WritePageReader write, DocumentId id, DocumentVersion version)
    {
        var present = Find(id);
        if (write.IfVersion != DocumentVersion.None && present?.Version != write.IfVersion) return Refused("document.conflict", $"'{id}' has another version.");
        switch (write.Kind)
        {
            case WriteKind.Insert when present is not null: return Refused("document.exists", $"'{id}' exists.");
            case WriteKind.Replace or WriteKind.Patch when present is null: return Refused("document.missing", $"There is no '{id}'.");
            case WriteKind.UpsertIfMissing when present is not null: return Outcome(WriteStatus.Unchanged, present.Version);
            case WriteKind.Delete: return Outcome(_documents.Remove(id) ? WriteStatus.Deleted : WriteStatus.NotFound, version);
            case WriteKind.Patch: _documents[id] = new(id, version, PatchApplier.Apply(present!.Fields, write.Steps)); break;
            default: _documents[id] = new(id, version, new RowReader(write.Shape, write.Row.Span).Decode()); break;
        }

        return Outcome(present is null ? WriteStatus.Inserted : WriteStatus.Replaced, version);
    }

    public static WriteOutcome Refused(string code, string message) => new() { Status = (byte)WriteStatus.Refused, ErrorCode = code, ErrorMessage = message };

    private static WriteOutcome Outcome(WriteStatus status, DocumentVersion version) => new() { Status = (byte)status, Version = version.Raw };
}
