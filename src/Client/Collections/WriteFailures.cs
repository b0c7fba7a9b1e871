using IngoDB.Model;

namespace IngoDB.Client.Collections;

/// <summary>Results of writes and exceptions, in both directions: a bulk shows as a result what a single write throws.</summary>
internal static class WriteFailures
{
    public const string Busy = "busy";
    private const string UnknownOutcome = "write.unknown_outcome";

    public static IngoDBException ToException(in WriteResult refused)
    {
        var code = refused.ErrorCode ?? "write.refused";
        var message = refused.ErrorMessage ?? $"The write of '{refused.Id}' was refused.";
        return code switch
        {
            "document.exists" or "document.missing" or "document.conflict" => new ConflictException(code, message),
            Busy => new BusyException(message, TimeSpan.Zero),
            UnknownOutcome => new UnknownOutcomeException(message),
            _ when IsOfTheCluster(code) => new UnavailableException(code, message),
            _ => new InvalidRequestException(code, message),
        };
    }

    public static WriteResult ToResult(DocumentId id, IngoDBException error) => new(WriteStatus.Refused, id, DocumentVersion.None, error.Code, error.Message);

    public static bool IsUnknown(string? code) => code == UnknownOutcome;

    /// <summary>The partition could not be reached or was not there: worth another try.</summary>
    public static bool IsUnavailable(string? code)
        => code is not null && (code.StartsWith("partition.", StringComparison.Ordinal) || code.StartsWith("cluster.", StringComparison.Ordinal) || code == "engine.closed");

    private static bool IsOfTheCluster(string code)
        => code.StartsWith("partition.", StringComparison.Ordinal) || code.StartsWith("cluster.", StringComparison.Ordinal) || code.StartsWith("engine.", StringComparison.Ordinal)
            || code.StartsWith("storage.", StringComparison.Ordinal) || code.StartsWith("internal.", StringComparison.Ordinal);
}
