using System.Text;

namespace IngoDB.Model;

/// <summary>The JSON form of the AST. Reading validates: what comes back is safe to execute.</summary>
public static class LiquidJson
{
    /// <exception cref="InvalidRequestException">With code, JSON pointer, nearest valid name and an example.</exception>
    public static LiquidRequest Read(ReadOnlySpan<byte> utf8Json)
    {
        return LiquidReader.Read(ReadTree(utf8Json), emptyLogic: false);
    }

    public static LiquidRequest Read(string json) => Read(Encoding.UTF8.GetBytes(json));

    /// <summary>Defaults are left out; an empty and/or is written as what it means.</summary>
    /// <exception cref="InvalidRequestException">The request breaks a limit.</exception>
    public static string Write(LiquidRequest request)
    {
        LiquidValidator.Validate(request);
        return DocumentJson.ToJson(new LiquidWriter(emptyLogic: false).Write(request));
    }

    /// <summary>What nests deeper than any request may is a filter, unless it stands in a document.</summary>
    private static Document ReadTree(ReadOnlySpan<byte> utf8Json)
    {
        try
        {
            return JsonDocumentReader.ReadDocument(utf8Json, LiquidLimits.TreeNestingMax);
        }
        catch (InvalidRequestException error) when (error.Code == "document.too_deep" && !error.Pointer.Contains("/document/", StringComparison.Ordinal))
        {
            throw LiquidValidator.TooDeep("");
        }
    }
}
