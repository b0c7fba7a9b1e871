// What a reader sees: one immutable value, swapped whole by StorageEngine and by nobody else. A reader takes one
// reference and is consistent for as long as it holds it. A table that is no longer part of the newest state stays
// readable for those who still hold an older one: its name is unlinked at once, its file handle closes with the
// last reference.

using System.Collections.Immutable;
using IngoDB.Engine.Memtables;
using IngoDB.Engine.Sstables;

namespace IngoDB.Engine.Manifests;

/// <param name="Active">Takes the writes.</param>
/// <param name="Sealed">Waiting for their flush, newest first.</param>
/// <param name="Tables">By NewestVersion, descending.</param>
internal sealed record EngineState(Memtable Active, ImmutableArray<Memtable> Sealed, ImmutableArray<Sstable> Tables, ManifestState Manifest);
