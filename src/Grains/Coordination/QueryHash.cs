// A cursor belongs to one question about certain collections. A name may be dropped and made again between two pages, of any
// collection that the question touches: then the same words ask something else, and at the old snapshot the new collection has
// nothing. So a cursor's hash is over the words and the ids that the names stood for.

using System.IO.Hashing;
using System.Runtime.InteropServices;
using IngoDB.Model;

namespace IngoDB.Grains.Coordination;

/// <summary>What a cursor must find unchanged.</summary>
internal static class QueryHash
{
    /// <param name="query">Without its cursor.</param>
    /// <param name="collections">Ids of all collections that it reads, in the order in which it names them.</param>
    public static ulong Of(Query query, params ReadOnlySpan<uint> collections)
        => XxHash3.HashToUInt64(LiquidBinary.Write(query), unchecked((long)XxHash3.HashToUInt64(MemoryMarshal.AsBytes(collections))));
}
