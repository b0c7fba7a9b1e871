using IngoDB.Cli;
using IngoDB.Cli.Connections;
using IngoDB.Cli.Output;

var terminal = Terminal.OfTheProcess(TimeProvider.System);
return await CliRoot.RunAsync(new CliContext(terminal, new ClusterConnector()), args).ConfigureAwait(false);
