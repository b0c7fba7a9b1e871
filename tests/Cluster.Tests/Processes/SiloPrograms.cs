using IngoDB.Cli.Clusters;

namespace Cluster.Tests.Processes;

/// <summary>The silo program with a command line and an environment of one's own.</summary>
internal static class SiloPrograms
{
    public static SiloProcess Start(IEnumerable<string> arguments, IEnumerable<KeyValuePair<string, string>>? environment = null)
    {
        var start = SiloProcess.Program(arguments);
        foreach (var (key, value) in environment ?? []) start.Environment[key] = value;
        return new(start);
    }
}
