// The writing half of the Liquid AST. JSON forms (docs/liquid-ast.schema.json):
//
//   {"kind":"insert","into":C,"document":{...}}                       {"kind":"upsert","into":C,"document":{...},"ifVersion":"..."}
//   {"kind":"replace","into":C,"document":{"_id":..., ...},"ifVersion":"..."}
//   {"kind":"patch","into":C,"id":I,"set":{path:value},"unset":[path],"inc":{},"push":{},"pull":{},"min":{},"max":{},"rename":{path:path},"ifVersion":"..."}
//   {"kind":"delete","from":C,"id":I,"ifVersion":"..."}               {"kind":"bulk","writes":[...],"atomic":false}

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

    /// <summary>All or nothing; every document must be in one partition (until two-phase commit is in).</summary>
    public bool Atomic { get; init; }
}

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
