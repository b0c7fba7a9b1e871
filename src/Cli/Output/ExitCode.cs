namespace IngoDB.Cli.Output;

/// <summary>What a command says to the shell. Stable: scripts depend on the numbers.</summary>
internal static class ExitCode
{
    public const int Ok = 0;
    public const int Failure = 1;

    /// <summary>The command line or the request is wrong; nothing was done.</summary>
    public const int Usage = 2;

    /// <summary>The file, folder, cluster or document is not there.</summary>
    public const int NotFound = 3;

    /// <summary>A document exists, is missing, or has another version.</summary>
    public const int Conflict = 4;

    /// <summary>What was printed or written is a part: partitions missing, a budget reached, lines rejected.</summary>
    public const int Partial = 5;
}
