using Microsoft.Win32.SafeHandles;

namespace IngoDB.Engine.Files;

/// <summary>
/// An exclusive flock. It is given back by its own call, not by closing the file: a child process that is just being started
/// has a copy of every descriptor until its exec, and the lock would live as long as that copy.
/// </summary>
internal sealed class PosixLock(SafeFileHandle file) : IDisposable
{
    public void Dispose()
    {
        // Fails only for a handle that is closed already; closing gives the lock back too, if later.
        if (!file.IsClosed) _ = Posix.Lock(file, Posix.Unlock);
        file.Dispose();
    }
}
