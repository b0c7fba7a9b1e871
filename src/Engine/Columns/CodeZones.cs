using System.Numerics;

namespace IngoDB.Engine.Columns;

/// <summary>The least and the greatest code of each 4,096 rows: what a search may skip.</summary>
internal static class CodeZones
{
    public static void Find<TCode>(ReadOnlySpan<TCode> codes, Span<uint> least, Span<uint> greatest)
        where TCode : unmanaged, IBinaryInteger<TCode>, IMinMaxValue<TCode>
    {
        for (var zone = 0; zone < least.Length; zone++)
        {
            var rows = codes[(zone * CodeColumn.ZoneRows)..];
            var (min, max) = Of(rows[..Math.Min(rows.Length, CodeColumn.ZoneRows)]);
            (least[zone], greatest[zone]) = (uint.CreateTruncating(min), uint.CreateTruncating(max));
        }
    }

    private static (TCode Min, TCode Max) Of<TCode>(ReadOnlySpan<TCode> codes)
        where TCode : unmanaged, IBinaryInteger<TCode>, IMinMaxValue<TCode>
    {
        var (min, max) = (TCode.MaxValue, TCode.MinValue);
        var vectors = codes.Length / Vector<TCode>.Count * Vector<TCode>.Count;
        if (vectors > 0)
        {
            var (mins, maxs) = (new Vector<TCode>(TCode.MaxValue), new Vector<TCode>(TCode.MinValue));
            for (var i = 0; i < vectors; i += Vector<TCode>.Count)
            {
                var here = new Vector<TCode>(codes[i..]);
                mins = Vector.Min(mins, here);
                maxs = Vector.Max(maxs, here);
            }

            for (var i = 0; i < Vector<TCode>.Count; i++) (min, max) = (TCode.Min(min, mins[i]), TCode.Max(max, maxs[i]));
        }

        foreach (var code in codes[vectors..]) (min, max) = (TCode.Min(min, code), TCode.Max(max, code));
        return (min, max);
    }
}
