// Rows of scattered keys lie on as many pages, and a processor remembers the places of a few thousand pages only: with
// pages of 4 KiB most gets from 100 MB of blocks wait for a walk through page tables before they wait for memory. Pages
// of 2 MiB end that. Systems commonly give them on request only (transparent huge pages: madvise), and memory that is
// in use already is asked for by MADV_COLLAPSE (Linux 6.1): its contents move to a huge page, addresses stay.
//
//   blocks   ▐██▌▐███▌▐██▌ ▐███▌           noted as they are made
//   memory   ├── 2 MiB ──┼── 2 MiB ──┤     those that are at least half ours are asked for
//
// A wish, never needed for anything to be right: where it is not granted or not known, all stays as it is.

using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace IngoDB.Engine.Files;

/// <summary>Notes memory that will be read for long at scattered places, and asks for huge pages for it. One thread.</summary>
internal sealed partial class HugePages
{
    private const int HugeBytes = 2 << 20;
    private const int Collapse = 25;

    private readonly Dictionary<nint, int> _bytesOfStretch = [];

    /// <param name="pinned">Memory that the collector does not move.</param>
    public unsafe void Note(ReadOnlySpan<byte> pinned)
    {
        var address = (nint)Unsafe.AsPointer(ref MemoryMarshal.GetReference(pinned));
        for (var end = address + pinned.Length; address < end;)
        {
            var next = Math.Min(end, ((address / HugeBytes) + 1) * HugeBytes);
            CollectionsMarshal.GetValueRefOrAddDefault(_bytesOfStretch, address / HugeBytes, out _) += (int)(next - address);
            address = next;
        }
    }

    /// <summary>Asks for what was noted, once.</summary>
    public void Ask()
    {
        if (OperatingSystem.IsLinux())
        {
            foreach (var (stretch, bytes) in _bytesOfStretch)
                if (bytes >= HugeBytes / 2) _ = Advise(stretch * HugeBytes, HugeBytes, Collapse);
        }

        _bytesOfStretch.Clear();
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(nint address, nint length, int advice);
}
