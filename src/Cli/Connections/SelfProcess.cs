using System.Diagnostics;

namespace IngoDB.Cli.Connections;

/// <summary>This program once more, as a child process: by its own executable, or by dotnet when that is how it runs.</summary>
internal static class SelfProcess
{
    public static ProcessStartInfo StartInfo(params IReadOnlyList<string> arguments) => Of(Path.Combine(AppContext.BaseDirectory, "ingodb.dll"), arguments);

    /// <summary>A program beside this one.</summary>
    public static ProcessStartInfo Of(string assembly, IReadOnlyList<string> arguments)
    {
        var start = new ProcessStartInfo(DotnetPath) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add(assembly);
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        return start;
    }

    /// <summary>The dotnet that runs this process, whatever PATH says.</summary>
    private static string DotnetPath
    {
        get
        {
            if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet") return Environment.ProcessPath!;
            var root = Environment.GetEnvironmentVariable("DOTNET_ROOT") ?? Path.GetFullPath(Path.Combine(System.Runtime.InteropServices.RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", ".."));
            var beside = Path.Combine(root, OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet");
            return new FileInfo(beside).Exists ? beside : "dotnet";
        }
    }
}
