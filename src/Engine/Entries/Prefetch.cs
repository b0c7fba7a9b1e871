// A load that misses every cache takes as long as a hundred comparisons; loads that do not wait for each other miss
// together. So whoever has many keys to look up first asks for all the lines it is going to need, and comes back.

using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace IngoDB.Engine.Entries;

/// <summary>Asks for memory that will be read soon. Never wrong, at worst useless; nothing where the processor has no such instruction.</summary>
internal static class Prefetch
{
    public const int LineBytes = 64;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void Line<T>(ref readonly T at)
    {
        // An array that the collector moves meanwhile makes this an address of something else: useless, and harmless.
        if (Sse.IsSupported) Sse.Prefetch0(Unsafe.AsPointer(ref Unsafe.AsRef(in at)));
    }

    /// <summary>How many bytes after the beginning of pinned memory a line begins.</summary>
    public static unsafe int ToLine(ReadOnlySpan<byte> pinned)
    {
        var address = (nuint)Unsafe.AsPointer(ref MemoryMarshal.GetReference(pinned));
        return (int)((LineBytes - (address % LineBytes)) % LineBytes);
    }

    /// <summary>The lines of a span, as far as there are <paramref name="linesMax"/>.</summary>
    public static void Lines(ReadOnlySpan<byte> bytes, int linesMax)
    {
        ref var first = ref MemoryMarshal.GetReference(bytes);
        for (var at = 0; at < bytes.Length && linesMax > 0; at += LineBytes, linesMax--) Line(in Unsafe.Add(ref first, at));
    }
}
