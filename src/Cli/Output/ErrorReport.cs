// Errors at a shell: the code first (it is the same in every interface and can be searched for), then where in the
// request, what was meant, and a small example that works. A bug of ours, and only that, shows a stack trace.

using IngoDB.Model;

namespace IngoDB.Cli.Output;

/// <summary>An exception as a person at a shell needs it: the code, where, what was meant, an example; and as an exit code.</summary>
internal static class ErrorReport
{
    public static int Print(Terminal terminal, Exception error)
    {
        switch (error)
        {
            case InvalidRequestException invalid:
                terminal.Say($"error {invalid.Code}{(invalid.Pointer.Length > 0 ? $" at {invalid.Pointer}" : "")}");
                terminal.Say($"  {invalid.Message}");
                if (invalid.Suggestion is { } suggestion) terminal.Say($"  try: {suggestion}");
                if (invalid.Example is { } example) terminal.Say($"  example: {example}");
                break;
            case IngoDBException known:
                terminal.Say($"error {known.Code}{(known.IsTransient ? " (may work later)" : "")}");
                terminal.Say($"  {known.Message}");
                break;
            case OperationCanceledException:
                terminal.Say("interrupted");
                break;
            case FileNotFoundException or DirectoryNotFoundException:
                terminal.Say($"error not_found\n  {error.Message}");
                break;
            case IOException or UnauthorizedAccessException:
                terminal.Say($"error io\n  {error.Message}");
                break;
            default:
                terminal.Say($"error internal\n  {error}");
                break;
        }

        return CodeOf(error);
    }

    public static int CodeOf(Exception error) => error switch
    {
        InvalidRequestException { Code: "collection.not_found" } => ExitCode.NotFound,
        InvalidRequestException => ExitCode.Usage,
        ConflictException => ExitCode.Conflict,
        FileNotFoundException or DirectoryNotFoundException => ExitCode.NotFound,
        _ => ExitCode.Failure,
    };
}
