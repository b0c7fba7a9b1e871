using Xunit;

namespace IngoDB.TestKit.Processes;

/// <summary>What a test needs from the machine. Absent, it is skipped with the line that installs it; in CI it fails.</summary>
public static class Requires
{
    /// <param name="install">E.g. <c>apt-get install -y strace</c>.</param>
    public static void Tool(string name, string install)
    {
        var path = Environment.GetEnvironmentVariable("PATH") ?? "";
        if (path.Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, name)))) return;
        var missing = $"'{name}' is not installed: {install}";
        Assert.False(Environment.GetEnvironmentVariable("INGODB_CI") == "1", missing);
        Assert.Skip(missing);
    }

    public static void Linux() => Assert.SkipUnless(OperatingSystem.IsLinux(), "This test injects failures into Linux system calls.");
}
