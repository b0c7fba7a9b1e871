// Sorting takes memory for millions of records for a fraction of a second. As arrays they would be large objects, a few of which make the
// collector look at the whole heap while queries wait. And a page that is touched for the first time costs more than sorting what lies in it, so all
// of them are brought in with one call. Nobody outside of the sorter is handed this memory.

using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using IngoDB.Engine.Files;

namespace IngoDB.Engine.Indexing;

/// <summary>Elements outside of the collector's heap. One thread; who is forgotten is freed by the finalizer.</summary>
/// <param name="capacity">Elements; they are not cleared.</param>
internal sealed unsafe class NativeBuffer<T>(int capacity) : IDisposable
    where T : unmanaged
{
    private const long PopulateBytesMin = 256 << 10;
    private const nint PageBytes = 4096;

    private T* _first = Allocate(capacity);

    ~NativeBuffer() => Free();

    public int Capacity => capacity;

    public Span<T> Span
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => new(_first, capacity);
    }

    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private static T* Allocate(int capacity)
    {
        var bytes = (long)capacity * sizeof(T);
        var memory = NativeMemory.Alloc((nuint)bytes);
        if (bytes < PopulateBytesMin) return (T*)memory;
        var first = ((nint)memory + PageBytes - 1) & -PageBytes;
        Posix.Populate(first, (((nint)memory + (nint)bytes) & -PageBytes) - first);
        return (T*)memory;
    }

    private void Free()
    {
        NativeMemory.Free(_first);
        _first = null;
        capacity = 0;
    }
}
