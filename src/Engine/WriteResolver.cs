// Decides what each write of a request becomes, in log order: conditions are checked against what was applied before and
// what earlier writes of the same request will apply (the overlay), patches are applied, and only the result
// goes into the batch. The log never holds a condition, so recovery and followers need not decide anything again.
//
//   write ──► present state (overlay, else the engine; only when the write asks) ──► Put | Delete | refused
//
// A plain upsert asks nothing and costs no read. An atomic request is decided whole first: one refusal refuses
// all, and a repeated id keeps its last write, since a key has one version per batch.
//
// Called by the commit pipeline under its lock; one request at a time.

using System.Buffers;
using IngoDB.Engine.Entries;
using IngoDB.Model;

namespace IngoDB.Engine;

/// <summary>The newest state of a document as the next write will find it.</summary>
internal readonly record struct PresentState(bool Exists, DocumentVersion Version, Shape? Shape, ReadOnlyMemory<byte> Row);

/// <summary>Reads the newest applied state of a key.</summary>
internal delegate PresentState PresentStateReader(ReadOnlySpan<byte> key);

/// <summary>Turns a request into operations of one batch.</summary>
/// <param name="lifetimeOf">A collection's time to live in milliseconds; 0: none.</param>
internal sealed class WriteResolver(ShapeRegistry shapes, PresentStateReader read, Func<CollectionId, long> lifetimeOf)
{
    private readonly Dictionary<(CollectionId, DocumentId), (Resolved Write, DocumentVersion Version)> _overlay = [];
    private readonly List<Resolved> _resolved = [];
    private readonly ArrayBufferWriter<byte> _scratch = new(4096);
    private (CollectionId Collection, long Milliseconds) _lifetime;
    private uint _nextOffset;
    private DocumentVersion _base;
    private bool _overlayNeeded;

    /// <summary>Versions that the request takes.</summary>
    public uint VersionCount => _nextOffset;

    /// <param name="baseVersion">The first version of the request.</param>
    /// <param name="request">Its results are filled in.</param>
    /// <param name="batch">Cleared, then filled.</param>
    /// <returns>Some write expires.</returns>
    public bool Resolve(DocumentVersion baseVersion, CommitRequest request, WriteBatchBuilder batch)
    {
        batch.Clear();
        _overlay.Clear();
        (_base, _nextOffset) = (baseVersion, 0);
        _overlayNeeded = NeedsOverlay(request);
        _lifetime = default;
        return request.Atomic ? ResolveAtomic(request, batch) : ResolveEach(request, batch);
    }

    private bool ResolveEach(CommitRequest request, WriteBatchBuilder batch)
    {
        var expires = false;
        for (var i = 0; i < request.Writes.Count; i++)
        {
            var result = Decide(request.Writes[i], new(_base.Raw + _nextOffset), out var write);
            request.Results[i] = result;
            if (!write.Writes) continue;
            Remember(write, result.Version);
            Encode(write, _nextOffset++, batch);
            expires |= write.ExpiresAt != DocumentVersion.None;
        }

        return expires;
    }

    private bool ResolveAtomic(CommitRequest request, WriteBatchBuilder batch)
    {
        _resolved.Clear();
        var version = new DocumentVersion(_base.Raw + _nextOffset);
        var own = new Dictionary<(CollectionId, DocumentId), int>();
        var before = new List<((CollectionId, DocumentId) Key, bool Had, (Resolved, DocumentVersion) Value)>();
        for (var i = 0; i < request.Writes.Count; i++)
        {
            var write = request.Writes[i];
            var result = Decide(write, version, out var resolved);
            request.Results[i] = result;
            if (result.Status is WriteStatus.Refused)
            {
                Abort(request, i, before);
                return false;
            }

            if (!resolved.Writes) continue;
            var key = (write.Collection, write.Id);
            before.Add((key, _overlay.TryGetValue(key, out var old), old));
            _overlay[key] = (resolved, version);
            if (own.TryGetValue(key, out var at)) _resolved[at] = resolved;
            else
            {
                own[key] = _resolved.Count;
                _resolved.Add(resolved);
            }
        }

        var expires = false;
        foreach (var write in _resolved)
        {
            Encode(write, _nextOffset, batch);
            expires |= write.ExpiresAt != DocumentVersion.None;
        }

        if (_resolved.Count > 0) _nextOffset++;
        return expires;
    }

    private void Abort(CommitRequest request, int refusedAt, List<((CollectionId, DocumentId) Key, bool Had, (Resolved, DocumentVersion) Value)> before)
    {
        for (var i = before.Count - 1; i >= 0; i--)
        {
            if (before[i].Had) _overlay[before[i].Key] = before[i].Value;
            else _overlay.Remove(before[i].Key);
        }

        var refused = request.Results[refusedAt];
        for (var i = 0; i < request.Results.Length; i++)
            if (i != refusedAt)
                request.Results[i] = new(WriteStatus.Refused, request.Writes[i].Id, DocumentVersion.None, "batch.aborted", $"The write of '{refused.Id}' in the atomic batch was refused ({refused.ErrorCode}), so none was made.");
    }

    private WriteResult Decide(in EngineWrite write, DocumentVersion version, out Resolved resolved)
    {
        resolved = default;
        var asks = write.Kind != WriteKind.Upsert || write.IfVersion != DocumentVersion.None;
        var present = asks ? Present(write) : default;
        if (write.FoundBy is { } filter)
        {
            if (!StillMatches(write, present, filter)) return new(WriteStatus.Unchanged, write.Id, present.Version);
        }
        else if (write.IfVersion != DocumentVersion.None && present.Version != write.IfVersion)
            return Refuse(write, present.Version, present.Exists ? "document.conflict" : "document.missing",
                present.Exists ? $"The document has version {present.Version}, not {write.IfVersion}. Read it again and decide." : "The document does not exist.");

        switch (write.Kind)
        {
            case WriteKind.Upsert:
                resolved = ToPut(write);
                return new(asks ? WriteStatus.Replaced : WriteStatus.Upserted, write.Id, version);
            case WriteKind.Insert when present.Exists:
                return Refuse(write, present.Version, "document.exists", "A document with this _id exists. Use upsert to overwrite it.");
            case WriteKind.UpsertIfMissing when present.Exists:
                return new(WriteStatus.Unchanged, write.Id, present.Version);
            case WriteKind.Insert or WriteKind.UpsertIfMissing:
                resolved = ToPut(write);
                return new(WriteStatus.Inserted, write.Id, version);
            case WriteKind.Replace or WriteKind.Patch when !present.Exists:
                return Refuse(write, DocumentVersion.None, "document.missing", "The document does not exist. Use upsert to create it.");
            case WriteKind.Replace:
                resolved = ToPut(write);
                return new(WriteStatus.Replaced, write.Id, version);
            case WriteKind.Patch:
                return DecidePatch(write, present, version, out resolved);
            case WriteKind.Delete when !present.Exists:
                return new(WriteStatus.NotFound, write.Id, DocumentVersion.None);
            case WriteKind.Delete:
                resolved = new(write.Collection, write.Id, EntryKind.Delete, Shape.SelfDescribed, default, DocumentVersion.None);
                return new(WriteStatus.Deleted, write.Id, version);
            default:
                throw new InvariantViolationException($"unknown write kind {write.Kind}");
        }
    }

    private static bool StillMatches(in EngineWrite write, in PresentState present, Querying.CompiledFilter filter)
    {
        if (!present.Exists || present.Version == write.IfVersion) return present.Exists;
        Span<byte> key = stackalloc byte[EntryKey.BytesMax];
        return filter.Matches(key[..EntryKey.Write(key, write.Collection, write.Id)], present.Version, present.Shape!, present.Row.Span);
    }

    private WriteResult DecidePatch(in EngineWrite write, PresentState present, DocumentVersion version, out Resolved resolved)
    {
        resolved = default;
        try
        {
            var document = PatchApplier.Apply(new RowReader(present.Shape!, present.Row.Span).Decode(), write.Steps!);
            var patched = EngineWrite.Of(WriteKind.Replace, write.Collection, write.Id, document);
            Expiry.Check(patched.Shape!, patched.Row.Span);
            resolved = ToPut(patched);
            return new(WriteStatus.Replaced, write.Id, version);
        }
        catch (InvalidRequestException e)
        {
            // The steps do not fit this document (inc on a string, over a limit): the caller's to mend, item by item.
            return Refuse(write, present.Version, e.Code, e.Message);
        }
    }

    private PresentState Present(in EngineWrite write)
    {
        if (_overlay.TryGetValue((write.Collection, write.Id), out var earlier))
            return earlier.Write.Kind == EntryKind.Put && !ReadPoint.At(_base).IsExpired(earlier.Write.ExpiresAt) ? new(true, earlier.Version, earlier.Write.Shape, earlier.Write.Row) : default;
        Span<byte> key = stackalloc byte[EntryKey.BytesMax];
        return read(key[..EntryKey.Write(key, write.Collection, write.Id)]);
    }

    private Resolved ToPut(in EngineWrite write)
    {
        var shape = shapes.TryIntern(write.Shape!);
        if (shape is not null) return new(write.Collection, write.Id, EntryKind.Put, shape, write.Row, EndOf(write.Collection, shape, write.Row.Span));

        // Too many different shapes: the row carries its own names from here on.
        _scratch.ResetWrittenCount();
        RowWriter.WriteSelfDescribed(new RowReader(write.Shape!, write.Row.Span).Decode(), _scratch);
        var row = _scratch.WrittenSpan.ToArray();
        return new(write.Collection, write.Id, EntryKind.Put, Shape.SelfDescribed, row, EndOf(write.Collection, Shape.SelfDescribed, row));
    }

    /// <summary>What the document says, else what its collection says, counted from the version that it gets about now.</summary>
    private DocumentVersion EndOf(CollectionId collection, Shape shape, ReadOnlySpan<byte> row)
    {
        var end = Expiry.Of(shape, row);
        if (end != DocumentVersion.None) return end;
        if (collection != _lifetime.Collection) _lifetime = (collection, lifetimeOf(collection));
        return _lifetime.Milliseconds == 0 || Expiry.IsGiven(shape, row) ? DocumentVersion.None : DocumentVersion.AtMilliseconds(_base.Milliseconds + _lifetime.Milliseconds);
    }

    private void Remember(in Resolved write, DocumentVersion version)
    {
        if (_overlayNeeded) _overlay[(write.Collection, write.Id)] = (write, version);
    }

    private static void Encode(in Resolved write, uint offset, WriteBatchBuilder batch)
    {
        Span<byte> key = stackalloc byte[EntryKey.BytesMax];
        key = key[..EntryKey.Write(key, write.Collection, write.Id)];
        if (write.Kind == EntryKind.Put) batch.Put(offset, write.ExpiresAt, key, write.Shape!, write.Row.Span);
        else batch.Delete(offset, key);
    }

    private static bool NeedsOverlay(CommitRequest request)
    {
        if (request.Writes.Count == 1) return false;
        if (request.Atomic) return true;
        for (var i = 0; i < request.Writes.Count; i++)
        {
            var write = request.Writes[i];
            if (write.Kind != WriteKind.Upsert || write.IfVersion != DocumentVersion.None) return true;
        }

        return false;
    }

    private static WriteResult Refuse(in EngineWrite write, DocumentVersion present, string code, string message)
        => new(WriteStatus.Refused, write.Id, present, code, message);

    private readonly record struct Resolved(CollectionId Collection, DocumentId Id, EntryKind Kind, Shape? Shape, ReadOnlyMemory<byte> Row, DocumentVersion ExpiresAt)
    {
        public bool Writes => Kind != 0;
    }
}
