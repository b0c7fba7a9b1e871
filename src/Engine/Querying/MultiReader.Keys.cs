// The ids of a frontier come as bytes, from a table of a traversal or from a message. Reading them takes the same steps as for ids
// that a caller names; what is left out is making objects of them first.

using System.Runtime.CompilerServices;
using IngoDB.Engine.Entries;
using IngoDB.Engine.Manifests;
using IngoDB.Engine.Sstables;

namespace IngoDB.Engine.Querying;

internal static partial class MultiReader
{
    /// <summary>The same for ids as bytes: the i-th result is that of id <paramref name="first"/> + i.</summary>
    [SkipLocalsInit]
    public static void Read(EngineState state, ReadPoint at, CollectionId collection, JoinKeys ids, int first, Span<RowResult> results, ref ReadCounters counters)
    {
        Span<byte> key = stackalloc byte[EntryKey.BytesMax];
        Span<KeyState> states = stackalloc KeyState[GroupKeys];
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(key, collection.Value);
        for (var i = 0; i < results.Length;)
        {
            var count = 0;
            for (; count < GroupKeys && i + count < results.Length; count++)
            {
                var id = ids[first + i + count];
                if (EntryKey.CollectionBytes + id.Length > KeyState.BytesMax) break;
                id.CopyTo(key[EntryKey.CollectionBytes..]);
                states[count].Begin(key[..(EntryKey.CollectionBytes + id.Length)]);
            }

            if (count == 0)
            {
                var id = ids[first + i];
                id.CopyTo(key[EntryKey.CollectionBytes..]);
                ReadOne(state, at, key[..(EntryKey.CollectionBytes + id.Length)], out results[i], ref counters);
            }
            else
            {
                ReadGroup(state, at, states[..count], results.Slice(i, count), ref counters);
            }

            i += Math.Max(count, 1);
        }
    }
}
