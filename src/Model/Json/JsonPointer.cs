namespace IngoDB.Model;

/// <summary>JSON Pointers (RFC 6901): where in a request an error stands.</summary>
internal static class JsonPointer
{
    public static string Escape(string segment)
        => segment.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal);

    /// <summary>One step into an object or an array.</summary>
    public static string Step(string segment) => "/" + Escape(segment);

    /// <summary>The same error, one level further out.</summary>
    public static InvalidRequestException Under(string segment, InvalidRequestException error)
        => new(error.Code, error.Message, Step(segment) + error.Pointer, error.Suggestion, error.Example);

    /// <summary>The same error, beneath a place of the request.</summary>
    public static InvalidRequestException Beneath(LiquidPointer place, InvalidRequestException error)
        => new(error.Code, error.Message, $"{place}{error.Pointer}", error.Suggestion, error.Example);
}
