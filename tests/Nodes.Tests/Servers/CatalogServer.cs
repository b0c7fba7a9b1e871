// A real server that a catalog is kept in: started for a test class over a fresh folder, killed and started again by tests that
// want to know what it remembers, gone afterwards.

using Grains.Tests;
using System.Diagnostics;
using IngoDB.Silo;

namespace Nodes.Tests.Servers;

/// <summary>Redis or PostgreSQL, and how a silo uses it as grain storage.</summary>
public abstract class CatalogServer : IDisposable
{
    public const string StorageName = "catalog";

    private bool _isMade;

    private protected TempFolder Folder { get; } = new();

    /// <summary>How tests call it.</summary>
    public abstract string Name { get; }

    /// <summary>Further settings of a silo.</summary>
    public virtual IReadOnlyDictionary<string, string?> Settings { get; } = new Dictionary<string, string?> { ["IngoDB:CatalogGrainStorage"] = StorageName };

    /// <summary>Made and started when first asked for, in a test: where the server is not installed, that test is skipped.</summary>
    public void EnsureStarted()
    {
        if (_isMade) return;
        Make();
        _isMade = true;
    }

    public abstract void Start();

    /// <summary>kill -9.</summary>
    public abstract void Kill();

    public abstract void AddStorage(ISiloBuilder silo);

    public void Dispose()
    {
        Kill();
        Folder.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>A silo of its own folder whose catalog is here.</summary>
    internal SiloHost BuildSilo(string folder, IReadOnlyDictionary<string, string?>? more = null) => SiloHost.Build(
        SiloSettings.Numbered(folder, 1, 1) with { More = Settings.Concat(more ?? new Dictionary<string, string?> { ["IngoDB:Partitions"] = "1" }).ToDictionary() },
        configure: AddStorage);

    private protected abstract void Make();

    private protected static void Run(string program, params string[] arguments)
    {
        // Its children keep the standard output that they are given, so it is given none that somebody reads to the end.
        using var process = Process.Start(new ProcessStartInfo("sh", ["-c", "exec \"$@\" > /dev/null 2>&1 < /dev/null", "sh", program, .. arguments]) { WorkingDirectory = "/" })!;
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{program} ended with {process.ExitCode}");
    }
}
