using IngoDB.Model;

namespace IngoDB.Client.Collections;

/// <summary>One write on its way into a page.</summary>
internal readonly record struct PendingWrite(WriteKind Kind, DocumentId Id, Document? Document, IReadOnlyList<PatchStep>? Steps, DocumentVersion IfVersion)
{
    public void AddTo(WritePageWriter page)
    {
        if (Kind == WriteKind.Delete) page.AddDelete(Id, IfVersion);
        else if (Kind == WriteKind.Patch) page.AddPatch(Id, Steps!, IfVersion);
        else page.Add(Kind, Id, Document!, IfVersion);
    }

    /// <summary>From the AST. A document without an id gets one made here.</summary>
    public static PendingWrite From(DocumentWrite write, Func<DocumentId> newId)
    {
        var ifVersion = write.IfVersion ?? DocumentVersion.None;
        return write switch
        {
            InsertWrite insert => new(WriteKind.Insert, insert.Id ?? newId(), insert.Document, null, ifVersion),
            UpsertWrite upsert => new(upsert.IfMissing ? WriteKind.UpsertIfMissing : WriteKind.Upsert, upsert.Id ?? newId(), upsert.Document, null, ifVersion),
            ReplaceWrite replace => new(WriteKind.Replace, replace.Id, replace.Document, null, ifVersion),
            PatchWrite patch => new(WriteKind.Patch, patch.Id, null, patch.Steps, ifVersion),
            DeleteWrite delete => new(WriteKind.Delete, delete.Id, null, null, ifVersion),
            _ => throw new InvariantViolationException($"unknown write {write.GetType().Name}"),
        };
    }
}
