using System.Globalization;

namespace IngoDB.Model;

/// <summary>What the <c>at</c> of a query says: the token of a snapshot (a version), or an ISO 8601 time.</summary>
public static class PointInTime
{
    /// <exception cref="InvalidRequestException"><c>query.bad_at</c>.</exception>
    public static DocumentVersion Parse(string at)
    {
        if (ulong.TryParse(at, NumberStyles.None, CultureInfo.InvariantCulture, out var version) && version > 0) return new(version);
        if (DateTimeOffset.TryParse(at, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time) && time > DateTimeOffset.UnixEpoch) return DocumentVersion.At(time);
        throw new InvalidRequestException("query.bad_at", $"'{at}' is neither the token of a snapshot nor a time.", "/at", "an ISO 8601 time", "2026-03-01T12:00:00Z");
    }
}
