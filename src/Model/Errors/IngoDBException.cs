// The closed list of what the world can do to us. Each says who must act: the caller (fix the input, read and
// retry), the caller later (busy, unavailable), or the operator (corruption, a poisoned log). Codes are stable
// strings, the same in .NET, REST, the command line and MCP.

namespace IngoDB.Model;

/// <summary>Base of every error that is not a bug of ours.</summary>
/// <param name="code">Stable, dotted, e.g. <c>document.conflict</c>.</param>
/// <param name="isTransient">The same call may succeed later.</param>
public abstract class IngoDBException(string code, string message, bool isTransient = false, Exception? inner = null)
    : Exception(message, inner)
{
    public string Code { get; } = code;

    public bool IsTransient { get; } = isTransient;
}

/// <summary>The request is wrong; nothing was done. The caller fixes it.</summary>
/// <param name="code">E.g. <c>query.unknown_operator</c>.</param>
/// <param name="pointer">JSON Pointer (RFC 6901) into the request, e.g. <c>/where/args/0/op</c>.</param>
/// <param name="suggestion">The nearest valid name, or what to do instead.</param>
/// <param name="example">A small valid fragment.</param>
public sealed class InvalidRequestException(string code, string message, string pointer = "", string? suggestion = null, string? example = null)
    : IngoDBException(code, message)
{
    public string Pointer { get; } = pointer;

    public string? Suggestion { get; } = suggestion;

    public string? Example { get; } = example;
}

/// <summary>The document exists (insert), is missing (replace, patch) or has another version (ifVersion). The caller reads again and decides.</summary>
public sealed class ConflictException(string code, string message) : IngoDBException(code, message);

/// <summary>The partition, its node or its log cannot serve now. The caller retries, the operator looks.</summary>
public sealed class UnavailableException(string code, string message, Exception? inner = null) : IngoDBException(code, message, isTransient: true, inner);

/// <summary>Too much work is waiting; retry after the given time.</summary>
public sealed class BusyException(string message, TimeSpan retryAfter) : IngoDBException("busy", message, isTransient: true)
{
    public TimeSpan RetryAfter { get; } = retryAfter;
}

/// <summary>The write may or may not have happened (a deadline passed, a reply was lost). The caller reads back, or repeats an idempotent write.</summary>
public sealed class UnknownOutcomeException(string message, Exception? inner = null) : IngoDBException("write.unknown_outcome", message, isTransient: true, inner);

/// <summary>The snapshot is older than what the database keeps. The caller takes a new one.</summary>
public sealed class SnapshotTooOldException(string message) : IngoDBException("snapshot.too_old", message);

/// <summary>Bytes on disk are not what was written. Named by file and offset, never served; the operator repairs or restores.</summary>
public sealed class CorruptionException(string file, long offset, string detail)
    : IngoDBException("storage.corruption", $"{file} at offset {offset}: {detail}")
{
    public string File { get; } = file;

    public long Offset { get; } = offset;

    public string Detail { get; } = detail;
}

/// <summary>A file was written by a version of this program that this one does not know.</summary>
public sealed class UnsupportedFormatException(string file, int found, int known)
    : IngoDBException("storage.unsupported_format", $"{file} has format version {found}; this program knows up to {known}. Use a newer program; the file is untouched.")
{
    public string File { get; } = file;

    public int Found { get; } = found;

    public int Known { get; } = known;
}

/// <summary>The disk refused (fsync, write, space, permission). The engine stops acknowledging writes; the operator acts.</summary>
public sealed class StorageException(string code, string message, Exception? inner = null) : IngoDBException(code, message, isTransient: false, inner);
