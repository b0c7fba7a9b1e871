using System.CommandLine;

namespace IngoDB.Cli.Connections;

/// <summary><c>--cluster DIR</c> and <c>--data DIR</c>, the same for every command that talks to a database.</summary>
internal sealed class ConnectionOptions
{
    private readonly Option<string?> _cluster = new("--cluster")
    {
        Description = "Shared folder of a running cluster (what 'cluster up' prints). Default: the local cluster's.",
        HelpName = "DIR",
    };

    private readonly Option<string?> _data = new("--data")
    {
        Description = "Without a running cluster: open this data folder in this process for as long as the command runs.",
        HelpName = "DIR",
    };

    public void AddTo(Command command)
    {
        command.Add(_cluster);
        command.Add(_data);
        command.Validators.Add(result =>
        {
            if (result.GetValue(_cluster) is not null && result.GetValue(_data) is not null)
                result.AddError("--cluster and --data exclude each other: connect to a running cluster, or open a folder in this process.");
        });
    }

    public ConnectionChoice Choice(ParseResult parsed) => new(parsed.GetValue(_cluster), parsed.GetValue(_data));
}
