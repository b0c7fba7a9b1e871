// Exceptions become data before they travel and become the same exceptions again on the other side. The list of
// kinds is the closed list of src/Model/Errors; what is not on it is a bug of ours and arrives as
// `internal.error` with its message, so that nothing is swallowed and no foreign type has to be loaded.

using System.Diagnostics.CodeAnalysis;
using IngoDB.Model;

namespace IngoDB.Abstractions;

/// <summary>Fault ⇄ typed exception.</summary>
public static class FaultCodec
{
    public const string InternalError = "internal.error";

    public static Fault From(Exception error) => error switch
    {
        InvalidRequestException e => Of("invalid", e.Code, e.Message, e.Pointer, e.Suggestion, e.Example),
        ConflictException e => Of("conflict", e.Code, e.Message),
        UnavailableException e => Of("unavailable", e.Code, e.Message),
        BusyException e => new() { Kind = "busy", Code = e.Code, Message = e.Message, RetryAfterMilliseconds = (long)e.RetryAfter.TotalMilliseconds },
        UnknownOutcomeException e => Of("unknown_outcome", e.Code, e.Message),
        SnapshotTooOldException e => Of("snapshot_too_old", e.Code, e.Message),
        CorruptionException e => new() { Kind = "corruption", Code = e.Code, Message = e.Message, File = e.File, Detail = e.Detail, Numbers = [e.Offset] },
        UnsupportedFormatException e => new() { Kind = "unsupported_format", Code = e.Code, Message = e.Message, File = e.File, Numbers = [e.Found, e.Known] },
        StorageException e => Of("storage", e.Code, e.Message),
        _ => Of("internal", InternalError, $"{error.GetType().Name}: {error.Message}"),
    };

    public static Exception ToException(Fault fault) => fault.Kind switch
    {
        "invalid" => new InvalidRequestException(fault.Code, fault.Message, fault.Pointer ?? "", fault.Suggestion, fault.Example),
        "conflict" => new ConflictException(fault.Code, fault.Message),
        "unavailable" => new UnavailableException(fault.Code, fault.Message),
        "busy" => new BusyException(fault.Message, TimeSpan.FromMilliseconds(fault.RetryAfterMilliseconds)),
        "unknown_outcome" => new UnknownOutcomeException(fault.Message),
        "snapshot_too_old" => new SnapshotTooOldException(fault.Message),
        "corruption" when fault.Numbers is [var offset] => new CorruptionException(fault.File ?? "", offset, fault.Detail ?? ""),
        "unsupported_format" when fault.Numbers is [var found, var known] => new UnsupportedFormatException(fault.File ?? "", (int)found, (int)known),
        "storage" => new StorageException(fault.Code, fault.Message),
        _ => new UnavailableException(fault.Code, fault.Message),
    };

    public static void ThrowIfFault(Fault? fault)
    {
        if (fault is not null) Throw(fault);
    }

    [DoesNotReturn]
    private static void Throw(Fault fault) => throw ToException(fault);

    private static Fault Of(string kind, string code, string message, string? pointer = null, string? suggestion = null, string? example = null)
        => new() { Kind = kind, Code = code, Message = message, Pointer = pointer, Suggestion = suggestion, Example = example };
}
