// The bytes of one entry in a memtable's arena. Written once, before the entry is published; never changed.
//
//    0  version    u64
//    8  expires    u64   0 = never
//   16  previous   u32   reference of the next older entry of the same key, 0 = there is none
//   20  row bytes  u32
//   24  shape      u32   number in the memtable's shape list
//   28  key bytes  u16
//   30  kind       u8    EntryKind
//   31  zero       u8
//   32  key | row        then nothing up to the next multiple of 8
//
// The bytes never leave the process, so they are in the machine's own order and carry no format version.

using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using IngoDB.Engine.Entries;
using IngoDB.Model;

namespace IngoDB.Engine.Memtables;

/// <summary>One entry, read where it lies.</summary>
internal readonly ref struct MemtableEntry(byte[] chunk, int offset)
{
    private readonly ref byte _head = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(chunk), offset);

    public const int HeadBytes = 32;

    public DocumentVersion Version => new(Read<ulong>(0));

    public DocumentVersion ExpiresAt => new(Read<ulong>(8));

    public uint Previous => Read<uint>(16);

    public int RowBytes => Read<int>(20);

    public int ShapeNumber => Read<int>(24);

    public int KeyBytes => Read<ushort>(28);

    public EntryKind Kind => (EntryKind)Read<byte>(30);

    public ReadOnlySpan<byte> Key => MemoryMarshal.CreateReadOnlySpan(ref Unsafe.Add(ref _head, HeadBytes), KeyBytes);

    public ReadOnlySpan<byte> Row => MemoryMarshal.CreateReadOnlySpan(ref Unsafe.Add(ref _head, HeadBytes + KeyBytes), RowBytes);

    public static int BytesOf(in BatchOperation operation) => HeadBytes + operation.Key.Length + operation.Row.Length;

    public static void Write(byte[] chunk, int offset, in BatchOperation operation, DocumentVersion version, uint previous, int shapeNumber)
    {
        var target = chunk.AsSpan(offset, BytesOf(operation));
        MemoryMarshal.Write(target, version.Raw);
        MemoryMarshal.Write(target[8..], operation.ExpiresAt.Raw);
        MemoryMarshal.Write(target[16..], previous);
        MemoryMarshal.Write(target[20..], operation.Row.Length);
        MemoryMarshal.Write(target[24..], shapeNumber);
        MemoryMarshal.Write(target[28..], (ushort)operation.Key.Length);
        target[30] = (byte)operation.Kind;
        target[31] = 0;
        operation.Key.CopyTo(target[HeadBytes..]);
        operation.Row.CopyTo(target[(HeadBytes + operation.Key.Length)..]);
    }

    private T Read<T>(int at) => Unsafe.ReadUnaligned<T>(ref Unsafe.Add(ref _head, at));
}
