// STUB of the contract.
namespace IngoDB.Model;

/// <summary>The JSON form of the AST. Reading validates: what comes back is safe to execute.</summary>
public static class LiquidJson
{
    /// <exception cref="InvalidRequestException">With code, JSON pointer, nearest valid name and an example.</exception>
    public static LiquidRequest Read(ReadOnlySpan<byte> utf8Json) => throw new NotImplementedException();

    public static LiquidRequest Read(string json) => Read(System.Text.Encoding.UTF8.GetBytes(json));

    public static string Write(LiquidRequest request) => throw new NotImplementedException();
}

/// <summary>The binary form of the AST: the same tree through the document codec.</summary>
public static class LiquidBinary
{
    public static byte[] Write(LiquidRequest request) => throw new NotImplementedException();

    /// <exception cref="InvalidRequestException">Not a request, or an unknown version of the codec.</exception>
    public static LiquidRequest Read(ReadOnlySpan<byte> source) => throw new NotImplementedException();
}

/// <summary>Checks a request built in code against the same limits that the JSON form obeys; iterative, so depth cannot hurt.</summary>
public static class LiquidValidator
{
    /// <exception cref="InvalidRequestException">The first violation found.</exception>
    public static void Validate(LiquidRequest request) => throw new NotImplementedException();
}
