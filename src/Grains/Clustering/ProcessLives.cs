// Whether the process behind a row of the membership table still runs, asked of the one who knows: the kernel. A silo holds
// a lock from before its row appears; however its process ends, the lock is free from that instant. So whoever starts next
// need not wait until a silence has lasted long enough to mean death (half a minute in Orleans), which a single silo that
// was killed and started again would otherwise do every time.
//
// This tells nothing of a process that hangs: it still has its lock, and the probes of the other silos find it.

using IngoDB.Engine.Files;
using IngoDB.Model;

namespace IngoDB.Grains.Clustering;

/// <summary>Locks of living silos, by name, in a folder. Thread-safe; any number of processes of one machine.</summary>
internal sealed class ProcessLives(IFileSystem files, string directory) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, IDisposable> _held = [];

    /// <summary>From here on this process lives for as long as it really does.</summary>
    public void Hold(string silo)
    {
        lock (_gate)
        {
            if (_held.ContainsKey(silo)) return;
            var life = files.TryLock(PathOf(silo));
            Invariant.Holds(life is not null);
            _held.Add(silo, life);
        }
    }

    /// <summary>Certain when true: the silo once held its lock, and no longer does.</summary>
    public bool HasEnded(string silo)
    {
        var path = PathOf(silo);
        if (!files.Exists(path)) return false;
        using var free = files.TryLock(path);
        return free is not null;
    }

    public void Forget(string silo)
    {
        if (files.Exists(PathOf(silo))) files.Delete(PathOf(silo));
    }

    public void Dispose()
    {
        lock (_gate)
        {
            foreach (var life in _held.Values) life.Dispose();
            _held.Clear();
        }
    }

    private string PathOf(string silo) => Path.Combine(directory, Uri.EscapeDataString(silo) + ".lock");
}
