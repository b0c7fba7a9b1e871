// An engine whose partition has copies. Its writes go to ReplicatedCommits; what is committed comes back here.

using IngoDB.Model;

namespace IngoDB.Engine;

public sealed partial class StorageEngine
{
    private readonly ReplicatedCommits? _replicated;

    /// <summary>When it was opened: the newest version that is here for certain. Whatever is committed above it has to be applied (again).</summary>
    public DocumentVersion AppliedAtOpen { get; }

    /// <summary>Applies an entry of the replicated log. One thread at a time, in the order of the log; what is there already changes nothing.</summary>
    /// <param name="first">Version of its first operation.</param>
    /// <param name="group">As it was proposed.</param>
    /// <exception cref="BusyException">Flushes are too far behind; nothing was applied.</exception>
    public async ValueTask ApplyCommittedAsync(DocumentVersion first, ReadOnlyMemory<byte> group, CancellationToken cancellationToken = default)
    {
        ThrowIfClosed();
        if (HasToWait()) await WaitForRoomAsync(cancellationToken).ConfigureAwait(false);
        Apply(first, group.Span);
    }

    private void Apply(DocumentVersion first, ReadOnlySpan<byte> group)
    {
        var rest = ReplicatedGroup.PartsOf(group);
        while (ReplicatedGroup.TryNext(ref rest, out var offset, out var batch)) _pipeline.ApplyCommitted(new(first.Raw + offset), batch, _shapes);
    }

    private ValueTask<WriteResult[]> CommitAsync(CommitRequest request) => _replicated is { } replicated ? replicated.CommitAsync(request) : _pipeline.CommitAsync(request);

    private Entries.WriteProgress? FindProgress(in Entries.RequestKey key) => _replicated is { } replicated ? replicated.FindProgress(key) : _pipeline.FindProgress(key);
}
