// The silo as a program: `dotnet run --project src/Silo [-- --silos 3]`. What goes wrong before it runs is said in one
// sentence on stderr, with the exit codes of the command line tool: 1 it failed, 2 it was called wrongly.

using IngoDB.Model;
using IngoDB.Silo;
using Microsoft.Extensions.Options;

const int failure = 1, usage = 2, defaultHttpPort = 5480;

var arguments = SiloArguments.Parse(args);
if (arguments.Help)
{
    Console.WriteLine(SiloArguments.Usage);
    return 0;
}

if (arguments.Failure is { } wrong)
{
    await Console.Error.WriteLineAsync($"{wrong}\n\n{SiloArguments.Usage}");
    return usage;
}

try
{
    var settings = Enumerable.Range(1, arguments.Silos).Select(number => SiloSettings.Numbered(arguments.Directory, number, arguments.Silos) with
    {
        HttpPort = number == 1 && FreePorts.IsFree(defaultHttpPort) ? defaultHttpPort : null,
    });
    await using var group = await SiloGroup.StartAsync(settings, arguments.Rest);
    foreach (var silo in group.Silos) Console.WriteLine($"{silo.Name} is ready: data in {silo.DataDirectory}, health at {silo.Urls.FirstOrDefault()}/health");
    await group.StoppingAsync();
    await group.StopAsync();
    return 0;
}
catch (OptionsValidationException e)
{
    await Console.Error.WriteLineAsync(string.Join(Environment.NewLine, e.Failures));
    return usage;
}
catch (Exception e) when (Cause(e) is { } cause)
{
    await Console.Error.WriteLineAsync(cause);
    return failure;
}

// What people can do something about; anything else is a bug and keeps its stack trace.
static string? Cause(Exception error)
{
    for (var e = error; e is not null; e = e.InnerException)
    {
        if (e is IngoDBException ours) return $"{ours.Code}: {ours.Message}";
        if (e is UnauthorizedAccessException or IOException or System.Net.Sockets.SocketException or Orleans.Runtime.OrleansConfigurationException) return e.Message;
    }

    return null;
}
