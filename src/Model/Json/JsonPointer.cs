namespace IngoDB.Model;

/// <summary>JSON Pointers (RFC 6901): where in a request an error stands.</summary>
internal static class JsonPointer
{
    public static string Escape(string segment)
        => segment.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal);

    /// <summary>The same error, one level further out.</summary>
    public static InvalidRequestException Under(string segment, InvalidRequestException error)
        => new(error.Code, error.Message, $"/{Escape(segment)}{error.Pointer}", error.Suggestion, error.Example);

    /// <summary>The same error, beneath a place of the request.</summary>
    public static InvalidRequestException Beneath(LiquidPointer place, InvalidRequestException error)
        => new(error.Code, error.Message, $"{place}{error.Pointer}", error.Suggestion, error.Example);
}
