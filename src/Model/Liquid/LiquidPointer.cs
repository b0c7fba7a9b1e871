using System.Globalization;

namespace IngoDB.Model;

/// <summary>Where in a request the reader stands; becomes a JSON Pointer only when something is wrong there.</summary>
internal sealed record LiquidPointer(LiquidPointer? Parent, string Segment)
{
    public static LiquidPointer Root { get; } = new(null, "");

    public LiquidPointer Key(string name) => new(this, name);

    public LiquidPointer Item(int index) => new(this, index.ToString(CultureInfo.InvariantCulture));

    public override string ToString() => Parent is null ? "" : $"{Parent}/{JsonPointer.Escape(Segment)}";
}
