// An engine as another engine's folder: what is visible now, flushed, its tables and indexes under the same names by hard links, and a
// manifest that names them. No byte of data is copied, so it costs little, and the folder lives on when compaction takes
// the tables away here.

using IngoDB.Engine.Manifests;

namespace IngoDB.Engine;

public sealed partial class StorageEngine
{
    /// <summary>Makes the folder; durable when it returns. Nothing may be written meanwhile.</summary>
    /// <param name="folder">New, on the same file system. Which names lie in it afterwards is all there is to copy.</param>
    public async Task LinkToAsync(string folder, CancellationToken cancellationToken = default)
    {
        await FlushAsync(cancellationToken).ConfigureAwait(false);
        await Task.Run(() => LinkTo(folder), cancellationToken).ConfigureAwait(false);
    }

    private void LinkTo(string folder)
    {
        ThrowIfClosed();
        _files.CreateDirectory(folder);
        lock (_editLock)
        {
            var state = _manifest.State;
            foreach (var table in state.Tables.Values)
            {
                Link(table.FileName);
                foreach (var index in table.Indexes) Link(index.FileName(table.Id));
            }

            // Its log begins with the next segment: nothing of ours is in it.
            var number = Interlocked.Read(ref _nextFileNumber);
            ManifestFile.Create(_files, folder, 1, state with { OldestLogSegment = number, NextFileNumber = number, ClockCeiling = _pipeline.DurableCeiling }).Dispose();
        }

        CurrentFile.Switch(_files, folder, 1);

        void Link(string name) => Model.Invariant.Holds(_files.TryLink(PathOf(name), Path.Combine(folder, name)));
    }
}
