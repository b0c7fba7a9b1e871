// The feed of a collection's changes: a read like others, of what is newer than a version. Whoever asks again after the last answer's
// end sees every document that has changed since, once, as it is then.

using IngoDB.Engine.Entries;
using IngoDB.Engine.Querying;
using IngoDB.Model;

namespace IngoDB.Engine;

public sealed partial class StorageEngine
{
    private const long ChangesBytesMax = 256 << 10;

    /// <summary>Documents whose newest change is later than <paramref name="after"/>, in the order of their changes.</summary>
    /// <param name="after">None: from the beginning, which is every document that there is.</param>
    /// <param name="changesMax">Of one answer, which is also at most about 256 KiB; an atomic batch, or one document, may exceed both.</param>
    /// <param name="where">Only these; others that have changed are told as gone.</param>
    /// <param name="withGone">False leaves out what is gone, and reaches back as far as one likes.</param>
    /// <exception cref="SnapshotTooOldException">With <paramref name="withGone"/>: deletions after this version are not kept any more.</exception>
    public EngineChanges Changes(CollectionId collection, DocumentVersion after, int changesMax, EngineSnapshot? snapshot = null, Filter? where = null, bool withGone = true, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(changesMax, 1);
        var at = ReadPointOf(snapshot, out var state);
        ThrowIfDropped(state.Manifest, collection);
        if (withGone && after != DocumentVersion.None && after < state.Manifest.RetentionWatermark)
            throw new SnapshotTooOldException($"Changes after {after} are not all known any more: deletions are kept up to {state.Manifest.RetentionWatermark}. Begin again from the start, or go on without those that are gone.");
        return new ChangeReader(state, at, collection, after, where is null ? null : new CompiledFilter(where), withGone && after != DocumentVersion.None, changesMax, ChangesBytesMax).Read(cancellationToken);
    }
}
