// Which calls fail. A rule counts the operations it matches and fails the n-th of them, once or from then on; the
// crash is one more rule: from the n-th change of the disk on there is no disk.

using IngoDB.Model;

namespace IngoDB.TestKit.Files;

public enum SimulatedOperation
{
    /// <summary>Questions (exists, list, length, space): never fail, except after a crash.</summary>
    Look,
    Open,
    Read,
    Lock,
    Create,
    Write,
    SyncData,
    Preallocate,
    SetLength,
    Rename,
    Link,
    Delete,
    CreateDirectory,
    DeleteDirectory,
    SyncDirectory,
}

public enum SimulatedFault
{
    /// <summary>EIO.</summary>
    InputOutput,

    /// <summary>ENOSPC.</summary>
    DiskFull,

    /// <summary>About the first half is written, whole sectors only, then ENOSPC. For writes.</summary>
    ShortWrite,
}

/// <summary>The power is gone: what every call answers after <see cref="SimulatedFileSystem.CrashAfter"/>.</summary>
public sealed class SimulatedCrashException() : IOException("The simulated power is gone.");

/// <summary>The rules of one file system. Its lock guards them.</summary>
public sealed class SimulatedFaults
{
    private readonly List<Rule> _rules = [];

    public long MutatingOperations { get; private set; }

    /// <summary>The newest change of the disk, for a test that asks where it failed.</summary>
    public string LastOperation { get; private set; } = "none";

    internal long CrashAt { get; set; } = long.MaxValue;

    internal bool LastWasShort { get; private set; }

    /// <summary>Fails the n-th matching operation (counted from 1, from now on).</summary>
    /// <param name="operation">Null: any that changes the disk.</param>
    /// <param name="pathContains">Null: any path.</param>
    /// <param name="sticky">All later ones too.</param>
    public void FailNth(long nth, SimulatedFault fault, SimulatedOperation? operation = null, string? pathContains = null, bool sticky = false) =>
        _rules.Add(new Rule(nth, fault, operation, pathContains, sticky));

    public void Clear() => _rules.Clear();

    /// <summary>How often a rule has struck.</summary>
    public long Struck { get; private set; }

    internal static bool Mutates(SimulatedOperation operation) => operation >= SimulatedOperation.Create;

    internal void Before(SimulatedOperation operation, string path)
    {
        if (Mutates(operation))
        {
            MutatingOperations++;
            LastOperation = $"{operation} {path}";
        }

        if (MutatingOperations >= CrashAt) throw new SimulatedCrashException();
        if (operation == SimulatedOperation.Look) return;
        foreach (var rule in _rules)
        {
            if (!rule.Strikes(operation, path)) continue;
            Struck++;
            LastWasShort = rule.Fault == SimulatedFault.ShortWrite && operation == SimulatedOperation.Write;
            throw rule.Fault == SimulatedFault.InputOutput
                ? new StorageException("storage.io", $"{operation} of '{path}' failed: simulated EIO.")
                : new StorageException("storage.disk_full", $"{operation} of '{path}' failed: simulated ENOSPC.");
        }
    }

    private sealed class Rule(long nth, SimulatedFault fault, SimulatedOperation? operation, string? pathContains, bool sticky)
    {
        private long _matches;

        public SimulatedFault Fault => fault;

        public bool Strikes(SimulatedOperation met, string path)
        {
            if (operation is null ? !Mutates(met) : met != operation) return false;
            if (pathContains is not null && !path.Contains(pathContains, StringComparison.Ordinal)) return false;
            _matches++;
            return sticky ? _matches >= nth : _matches == nth;
        }
    }
}
