// The writing half of the Liquid AST. JSON forms (docs/liquid-ast.schema.json):
//
//   {"kind":"insert","into":C,"document":{...}}                       {"kind":"upsert","into":C,"document":{...},"ifVersion":"..."}
//   {"kind":"replace","into":C,"document":{"_id":..., ...},"ifVersion":"..."}
//   {"kind":"patch","into":C,"id":I,"set":{path:value},"unset":[path],"inc":{},"push":{},"pull":{},"min":{},"max":{},"rename":{path:path},"ifVersion":"..."}
//   {"kind":"delete","from":C,"id":I,"ifVersion":"..."}               {"kind":"bulk","writes":[...],"atomic":false}
//   {"kind":"updateWhere","into":C,"where":F,"set":{...},...,"expected":N,"dryRun":false}
//   {"kind":"deleteWhere","from":C,"where":F,"expected":N,"dryRun":false}

namespace IngoDB.Model;

public abstract record Write : LiquidRequest;

public abstract record DocumentWrite : Write
{
    public required string Into { get; init; }

    /// <summary>The write happens only if the document has exactly this version.</summary>
    public DocumentVersion? IfVersion { get; init; }
}

/// <summary>Fails if the document exists. An id that is null is made by the database.</summary>
public sealed record InsertWrite : DocumentWrite
{
    public DocumentId? Id { get; init; }

    public required Document Document { get; init; }
}

public sealed record UpsertWrite : DocumentWrite
{
    public DocumentId? Id { get; init; }

    public required Document Document { get; init; }

    /// <summary>Same as an insert that reports instead of failing: nothing is written when the document exists.</summary>
    public bool IfMissing { get; init; }
}

/// <summary>Fails if the document is missing.</summary>
public sealed record ReplaceWrite : DocumentWrite
{
    public required DocumentId Id { get; init; }

    public required Document Document { get; init; }
}

public sealed record PatchWrite : DocumentWrite
{
    public required DocumentId Id { get; init; }

    /// <summary>Applied in order.</summary>
    public required IReadOnlyList<PatchStep> Steps { get; init; }
}

public sealed record DeleteWrite : DocumentWrite
{
    public required DocumentId Id { get; init; }
}

public sealed record BulkWrite : Write
{
    public required IReadOnlyList<DocumentWrite> Writes { get; init; }

    /// <summary>All or nothing, over any partitions.</summary>
    public bool Atomic { get; init; }
}

/// <summary>
/// A write to every document that matches. The documents are found at one point in time; each is written only if it still matches when its turn
/// comes, and one that no longer does is counted as a conflict and left alone.
/// </summary>
public abstract record WhereWrite : Write
{
    public required string Into { get; init; }

    /// <summary>All documents: <c>Filter.Exists("_id")</c>, said on purpose.</summary>
    public required Filter Where { get; init; }

    /// <summary>So many documents must match, at the point in time at which they are found; otherwise nothing is written.</summary>
    public long? Expected { get; init; }

    /// <summary>Counts what matches and writes nothing.</summary>
    public bool DryRun { get; init; }
}

/// <summary>Patches every document that matches.</summary>
public sealed record UpdateWhereWrite : WhereWrite
{
    /// <summary>Applied in order.</summary>
    public required IReadOnlyList<PatchStep> Steps { get; init; }
}

/// <summary>Deletes every document that matches.</summary>
public sealed record DeleteWhereWrite : WhereWrite;

/// <summary>What a write by filter did.</summary>
/// <param name="Matched">Documents that matched at the point in time at which they were found.</param>
/// <param name="Modified">Documents that were patched or deleted.</param>
/// <param name="Conflicts">Documents that no longer matched, or were gone, when their turn came; left alone.</param>
/// <param name="Refused">Documents that the patch does not fit, e.g. inc on a string; left alone.</param>
/// <param name="ErrorCode">Why, for the first of them.</param>
public sealed record WhereResult(long Matched, long Modified, long Conflicts, long Refused, string? ErrorCode = null, string? ErrorMessage = null);

public enum PatchOperator { Set, Unset, Inc, Push, Pull, Min, Max, Rename }

/// <param name="Value">Missing for unset; the new path as a String for rename.</param>
public sealed record PatchStep(PatchOperator Operator, FieldPath Field, Value Value);

/// <summary>What one write did.</summary>
/// <param name="Status">What happened.</param>
/// <param name="Version">The new version, or the present one when nothing was written.</param>
/// <param name="ErrorCode">Set when <see cref="WriteStatus.Refused"/>: <c>document.exists</c>, <c>document.missing</c>, <c>document.conflict</c>, ...</param>
public readonly record struct WriteResult(WriteStatus Status, DocumentId Id, DocumentVersion Version, string? ErrorCode = null, string? ErrorMessage = null);

/// <summary>Upserted: written without looking whether the document existed, which costs no read.</summary>
public enum WriteStatus { Upserted, Inserted, Replaced, Deleted, NotFound, Unchanged, Refused }
