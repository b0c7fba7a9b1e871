namespace IngoDB.Grains.Replicas;

/// <summary>An import that can be ended from outside; the next one begins when it has ended.</summary>
internal sealed class ImportRun
{
    private readonly CancellationTokenSource _ending;
    private readonly Task _running;

    private ImportRun(CancellationTokenSource ending, Task running) => (_ending, _running) = (ending, running);

    public static ImportRun None { get; } = new(new(), Task.CompletedTask);

    /// <param name="former">Is ended first.</param>
    /// <param name="import">Never throws.</param>
    /// <param name="closing">Ends it, too.</param>
    public static ImportRun After(ImportRun former, Func<CancellationToken, Task> import, CancellationToken closing)
    {
        var ending = CancellationTokenSource.CreateLinkedTokenSource(closing);
        return new(ending, Task.Run(async () =>
        {
            await former.EndAsync().ConfigureAwait(false);
            await import(ending.Token).ConfigureAwait(false);
        }, CancellationToken.None));
    }

    /// <summary>Nothing is written by it any more when this returns.</summary>
    public async Task EndAsync()
    {
        await _ending.CancelAsync().ConfigureAwait(false);
        await _running.ConfigureAwait(false);
    }
}
