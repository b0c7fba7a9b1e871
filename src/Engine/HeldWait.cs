// A write whose key a batch over several partitions holds waits until that is finished, but not for ever: its coordinator partition may be
// down, and whoever waits here has a caller.

using IngoDB.Engine.Entries;
using IngoDB.Engine.Transactions;
using IngoDB.Model;

namespace IngoDB.Engine;

/// <summary>The patience of one write, over all whom it waits for.</summary>
internal readonly struct HeldWait(TimeProvider time)
{
    /// <summary>Longer than a participant needs to find out that a batch was given up (TransactionRules.AskPatience, and the keeper's round).</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly long _began = time.GetTimestamp();

    /// <exception cref="UnavailableException"><c>write.held</c>: nothing was written.</exception>
    public async Task ForAsync(Intent holder)
    {
        var left = Patience - time.GetElapsedTime(_began);
        if (left > TimeSpan.Zero) await holder.Finished.WaitAsync(left, time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!holder.Finished.IsCompleted) throw Held(holder);
    }

    public static UnavailableException Held(Intent holder)
        => new("write.held", $"An atomic batch over several partitions holds a document of this write, and partition {holder.Coordinator} has not said what becomes of it. Nothing was written; try again.");
}

/// <summary>Who is in the way of a request.</summary>
internal static class HeldKeys
{
    public static Intent? HolderOf(this IntentTable intents, CommitRequest request)
    {
        if (request.Step is { NeedsKeys: false }) return null;
        Span<byte> key = stackalloc byte[EntryKey.BytesMax];
        foreach (var write in request.Writes)
            if (intents.HolderOf(key[..EntryKey.Write(key, write.Collection, write.Id)]) is { } holder) return holder;
        return null;
    }
}
