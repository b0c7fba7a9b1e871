// A silo looks at some things again and again, from when it is active until it stops: whether it is still its node, whether its partitions
// have all their copies. Each look handles what it can foresee; what it can not must not end the looking without a word.

using Orleans.Runtime;

namespace IngoDB.Grains.Hosting;

/// <summary>A loop in the life of a silo: pause, look, pause, look, one at a time.</summary>
/// <param name="name">For the silo's list of who takes part in its life.</param>
/// <param name="every">From the end of a look to the next.</param>
/// <param name="look">False: there is nothing more to look for.</param>
/// <param name="failed">Told what a look has thrown; the next one comes all the same.</param>
internal sealed class RepeatedLook(string name, TimeSpan every, TimeProvider time, Func<CancellationToken, ValueTask<bool>> look, Action<Exception> failed) : IDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private Task _looking = Task.CompletedTask;

    /// <param name="stage">Begins with it, and ends before it does.</param>
    /// <param name="starting">Done once, before the first pause.</param>
    public void TakePart(ISiloLifecycle lifecycle, int stage, Action? starting = null) => lifecycle.Subscribe(name, stage, _ =>
    {
        starting?.Invoke();
        _looking = LookAsync();
        return Task.CompletedTask;
    }, async _ =>
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _looking.ConfigureAwait(false);
    });

    public void Dispose() => _stopping.Dispose();

    private async Task LookAsync()
    {
        while (true)
        {
            try
            {
                await Task.Delay(every, time, _stopping.Token).ConfigureAwait(false);
                if (!await look(_stopping.Token).ConfigureAwait(false)) return;
            }
            catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
            {
                // The silo stops.
                return;
            }
            catch (Exception e)
            {
                // A call that was cancelled by others, a catalog that is away, a bug: told, and looked at again.
                failed(e);
            }
        }
    }
}
