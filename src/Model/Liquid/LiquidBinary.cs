// The binary form of the AST, for the wire between nodes: the same tree as the JSON form, as a self-described row.
//
//   request = version u8 = 1 | self-described row (RowFormat.cs), nested at most LiquidLimits.TreeNestingMax deep
//
// It carries its key names, so a node that meets a newer query refuses it by the name it does not know.

using System.Buffers;

namespace IngoDB.Model;

/// <summary>The binary form of the AST: the same tree through the document codec.</summary>
public static class LiquidBinary
{
    public const byte Version = 1;

    /// <exception cref="InvalidRequestException">The request breaks a limit.</exception>
    public static byte[] Write(LiquidRequest request)
    {
        LiquidValidator.Validate(request);
        var target = new ArrayBufferWriter<byte>();
        target.Write([Version]);
        RowWriter.WriteSelfDescribed(new LiquidWriter(emptyLogic: true).Write(request), target, LiquidLimits.TreeNestingMax);
        return target.WrittenSpan.ToArray();
    }

    /// <exception cref="InvalidRequestException">Not a request, or an unknown version of the codec.</exception>
    public static LiquidRequest Read(ReadOnlySpan<byte> source)
    {
        if (source.IsEmpty || source[0] != Version)
            throw new InvalidRequestException("query.unknown_version", $"A binary request begins with its version, {Version}; this one does not.", suggestion: "Use the same or an older program, or the JSON form");
        try
        {
            RowValidator.Validate(Shape.SelfDescribed, source[1..], LiquidLimits.TreeNestingMax);
        }
        catch (CorruptionException error)
        {
            throw new InvalidRequestException("query.bad_binary", $"Not a binary request: {error.Message}");
        }

        return LiquidReader.Read(new RowReader(Shape.SelfDescribed, source[1..]).Decode(), emptyLogic: true);
    }
}
