using System.CommandLine;
using IngoDB.Cli.Output;
using IngoDB.Model;

namespace IngoDB.Cli.Commands;

/// <summary>A request from where the user put it: the argument itself when it looks like JSON, else a file, else stdin.</summary>
internal static class RequestSource
{
    public static Argument<string?> Argument()
    {
        var argument = new Argument<string?>("request")
        {
            Description = "JSON ('{\"kind\":\"scan\",...}'), a file that holds it, or '-' for stdin (the default).",
            Arity = ArgumentArity.ZeroOrOne,
        };
        argument.Validators.Add(RefuseUnknownOption);
        return argument;
    }

    /// <summary>The parser takes a misspelt option for the argument; nobody means a file called --colour.</summary>
    public static void RefuseUnknownOption(System.CommandLine.Parsing.ArgumentResult result)
    {
        if (result.Tokens is [{ Value: ['-', '-', ..] option }, ..]) result.AddError($"There is no option '{option}'.");
    }

    /// <exception cref="InvalidRequestException">It is no valid request.</exception>
    public static async Task<LiquidRequest> ReadAsync(Terminal terminal, string? source, CancellationToken cancellationToken)
        => LiquidJson.Read(await TextAsync(terminal, source, cancellationToken).ConfigureAwait(false));

    /// <summary>The text as it is: the argument itself when it looks like JSON, else of a file, else of stdin.</summary>
    public static async Task<string> TextAsync(Terminal terminal, string? source, CancellationToken cancellationToken)
    {
        if (source is null or "-") return await terminal.In.ReadToEndAsync(cancellationToken).ConfigureAwait(false);
        if (source.AsSpan().TrimStart() is ['{', ..]) return source;
        using var reader = new StreamReader(source);
        return await reader.ReadToEndAsync(cancellationToken).ConfigureAwait(false);
    }
}
