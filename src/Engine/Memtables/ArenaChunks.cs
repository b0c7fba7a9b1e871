// The memory of memtables, used again. A memtable is filled, becomes a table and is dropped, a hundred times a minute when much
// is written; fresh memory for each would be page faults for the writer and collections for everybody.
//
//   Rent ──► arena of a memtable ──► state, readers, rows in a caller's hands ──nobody refers to it──► kept ──► Rent
//                                                                            collector: Loan's finalizer
//
// When may a chunk be used again? When no reader can see it any more, and readers announce themselves to nobody
// (decision 0001). The collector knows: each chunk is lent with a small object that hangs on it by a dependent handle, so that
// it is reachable exactly as long as the chunk is, by whatever: a state, a row, a span on some thread's stack. When both are
// unreachable the object is finalized, and gives the chunk back. Nothing can be used again too early, and nobody counts.
//
// What this does not do: make collections happen. Where none comes, chunks are new, and those bring one about.

using System.Runtime;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using IngoDB.Engine.Files;

namespace IngoDB.Engine.Memtables;

/// <summary>Chunks of pinned memory, uninitialised. Shared by the engines of a process. Thread-safe.</summary>
internal static class ArenaChunks
{
    public const int ChunkBytes = 1 << 20;

    private const int PageBytes = 4096;

    /// <summary>Kept at most: about two memtables.</summary>
    private const int KeptMax = 64;

    private static readonly Lock Gate = new();
    private static readonly Stack<byte[]> Kept = new(KeptMax);

    /// <summary>How many wait to be used again.</summary>
    public static int KeptCount
    {
        get
        {
            lock (Gate) return Kept.Count;
        }
    }

    /// <summary>A chunk, until nobody refers to it any more.</summary>
    public static byte[] Rent()
    {
        var chunk = Take();
        Loan.Begin(chunk);
        return chunk;
    }

    /// <summary>A chunk for one who knows when nobody refers to it any more, and then returns it.</summary>
    public static byte[] Take()
    {
        byte[]? chunk;
        lock (Gate) Kept.TryPop(out chunk);
        if (chunk is not null) return chunk;
        chunk = GC.AllocateUninitializedArray<byte>(ChunkBytes, pinned: true);
        Populate(chunk);
        return chunk;
    }

    public static void Return(byte[] taken) => GiveBack(taken);

    // One call for the whole chunk, where its writer would meet a page fault for every twentieth entry. Whole pages inside of the
    // array, which the collector does not move.
    private static unsafe void Populate(byte[] chunk)
    {
        var first = ((nint)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(chunk)) + PageBytes - 1) & -PageBytes;
        Posix.Populate(first, ChunkBytes - PageBytes);
    }

    private static void GiveBack(byte[] chunk)
    {
        lock (Gate)
            if (Kept.Count < KeptMax) Kept.Push(chunk);
    }

    /// <summary>Reachable as long as its chunk is, and no longer.</summary>
    private sealed class Loan
    {
        private readonly byte[] _chunk;
        private DependentHandle _tie;

        private Loan(byte[] chunk) => _chunk = chunk;

        ~Loan()
        {
            _tie.Dispose();
            GiveBack(_chunk);
        }

        public static void Begin(byte[] chunk)
        {
            var loan = new Loan(chunk);
            loan._tie = new(chunk, loan);
        }
    }
}
