namespace IngoDB.Engine.Cursors;

/// <summary>Lets background work breathe: called after every stretch of bytes, it returns when the next may begin.</summary>
internal interface IBackgroundPacer
{
    /// <summary>Never pauses: for tests that drive the work themselves, and for closing.</summary>
    static IBackgroundPacer None { get; } = new Unpaced();

    ValueTask PaceAsync(long bytes, CancellationToken cancellationToken);

    private sealed class Unpaced : IBackgroundPacer
    {
        public ValueTask PaceAsync(long bytes, CancellationToken cancellationToken) => ValueTask.CompletedTask;
    }
}
