// Requests that wait for the commit thread, and how it is woken. While it syncs one group, the next ones gather here; it
// takes as many at once as fit into a record of reasonable size.

namespace IngoDB.Engine;

/// <summary>Waiting commit requests, first come first served. Thread-safe; one thread takes.</summary>
internal sealed class CommitQueue
{
    private const int GroupRequestsMax = 512;
    private const int GroupBytesMax = 1 << 20;
    private const int WriteOverheadBytes = 64;

    private readonly object _gate = new();
    private readonly Queue<CommitRequest> _requests = new();
    private bool _woken;

    /// <summary>Nothing waits for the commit thread.</summary>
    public bool IsIdle
    {
        get
        {
            lock (_gate) return _requests.Count == 0;
        }
    }

    public void Add(CommitRequest request)
    {
        lock (_gate)
        {
            _requests.Enqueue(request);
            Monitor.Pulse(_gate);
        }
    }

    /// <summary>Lets the commit thread look around, though no request came.</summary>
    public void Wake()
    {
        lock (_gate)
        {
            _woken = true;
            Monitor.Pulse(_gate);
        }
    }

    /// <summary>Returns when a request waits or somebody called <see cref="Wake"/>.</summary>
    public void Wait()
    {
        lock (_gate)
        {
            while (_requests.Count == 0 && !_woken) Monitor.Wait(_gate);
            _woken = false;
        }
    }

    /// <summary>Fills <paramref name="group"/> with the next requests; none when nothing waits.</summary>
    public void Take(List<CommitRequest> group)
    {
        group.Clear();
        var bytes = 0L;
        lock (_gate)
        {
            while (group.Count < GroupRequestsMax && bytes < GroupBytesMax && _requests.TryDequeue(out var request))
            {
                group.Add(request);
                for (var i = 0; i < request.Writes.Count; i++) bytes += request.Writes[i].Row.Length + WriteOverheadBytes;
            }
        }
    }

    public void FailAll(Exception error)
    {
        lock (_gate)
            while (_requests.TryDequeue(out var request)) request.Fail(error);
    }
}
