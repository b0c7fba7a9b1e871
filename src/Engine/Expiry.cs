// Reads `_expires` out of a row, once, when it is written, so that no read has to look for it. The version that is
// stored is the first of the millisecond at or after the timestamp: a document is gone once a read's time reaches it.

using IngoDB.Model;

namespace IngoDB.Engine;

/// <summary>When a document ends.</summary>
internal static class Expiry
{
    /// <summary>None when the row has no <c>_expires</c>.</summary>
    public static DocumentVersion Of(Shape shape, ReadOnlySpan<byte> row)
    {
        if (!shape.IsSelfDescribed && shape.OrdinalOf(FieldNames.Expires) < 0) return DocumentVersion.None;
        var value = new RowReader(shape, row).Field(FieldNames.Expires);
        if (value.IsMissing || value.Kind == ValueKind.Null) return DocumentVersion.None;
        var ticks = value.Decode().AsTimestampTicks() - DateTime.UnixEpoch.Ticks;
        var milliseconds = (ticks + TimeSpan.TicksPerMillisecond - 1) / TimeSpan.TicksPerMillisecond;
        return DocumentVersion.AtMilliseconds(Math.Max(1, milliseconds));
    }

    /// <summary>The document says something about its end; null: that there is none.</summary>
    public static bool IsGiven(Shape shape, ReadOnlySpan<byte> row)
        => (shape.IsSelfDescribed || shape.OrdinalOf(FieldNames.Expires) >= 0) && !new RowReader(shape, row).Field(FieldNames.Expires).IsMissing;

    /// <exception cref="InvalidRequestException"><c>document.bad_expires</c>.</exception>
    public static void Check(Shape shape, ReadOnlySpan<byte> row)
    {
        if (!shape.IsSelfDescribed && shape.OrdinalOf(FieldNames.Expires) < 0) return;
        var value = new RowReader(shape, row).Field(FieldNames.Expires);
        if (value.Kind is not (ValueKind.Missing or ValueKind.Null or ValueKind.Timestamp))
            throw new InvalidRequestException("document.bad_expires", $"_expires is a timestamp, not {value.Kind}.", "/_expires", suggestion: "{\"$date\":\"2030-01-01T00:00:00Z\"}");
    }
}
