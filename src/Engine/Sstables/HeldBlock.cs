// A scan that gives rows in another order than the one they lie in comes to a block again and again, for one row each time. What
// it needs of the block then is little: it stands here, in less than a line of the processor's cache, beside that of the other
// blocks, so that no row costs a look at the block itself.

using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using IngoDB.Engine.Entries;
using IngoDB.Model;

namespace IngoDB.Engine.Sstables;

/// <summary>A kept block, for reading single rows whose places are known.</summary>
internal readonly struct HeldBlock
{
    private const int PrefixBytesMax = 16; // a block is padded, so there are as many

    private readonly nint _address;
    private readonly Shape? _onlyShape;
    private readonly int _suffixesAt;
    private readonly short _suffixBytes, _prefixBytes;
    private readonly UInt128 _prefix;

    /// <param name="address">Of its bytes, which are not moved; a span made of it keeps them alive as any reference into them does.</param>
    /// <param name="suffixBytes">Of each key; -1 when they differ.</param>
    /// <param name="onlyShape">Null when its rows have several.</param>
    public HeldBlock(RowBlock block, nint address, int suffixesAt, int suffixBytes, int prefixBytes, Shape? onlyShape)
    {
        (Block, _address, _suffixesAt, _suffixBytes, _prefixBytes, _onlyShape) = (block, address, suffixesAt, (short)suffixBytes, (short)prefixBytes, onlyShape);
        _prefix = MemoryMarshal.Read<UInt128>(MemoryMarshal.CreateReadOnlySpan(ref At(SstableFormat.RowsHeadBytes), PrefixBytesMax));
    }

    public RowBlock Block { get; }

    public Shape ShapeOf(int row) => _onlyShape ?? Block.ShapeOf(row);

    public ReadOnlySpan<byte> RowAt(int start, int length) => MemoryMarshal.CreateReadOnlySpan(ref At(start), length);

    /// <summary>Puts a key together; returns its length.</summary>
    /// <param name="target">At least <see cref="EntryKey.BytesMax"/>.</param>
    public int CopyKey(int row, Span<byte> target)
    {
        if (_suffixBytes < 0 || _prefixBytes > PrefixBytesMax) return Block.CopyKey(row, target);
        MemoryMarshal.Write(target, _prefix);
        MemoryMarshal.CreateReadOnlySpan(ref At(_suffixesAt + (row * _suffixBytes)), _suffixBytes).CopyTo(target[_prefixBytes..]);
        return _prefixBytes + _suffixBytes;
    }

    /// <summary>The first lines of a row and that of its key start on their way. More would be in each other's way: a processor waits for two dozen lines at once.</summary>
    public void Prefetch(int row, int start, int length)
    {
        Entries.Prefetch.Line(in At(start));
        Entries.Prefetch.Line(in At(start + Math.Min(length, Entries.Prefetch.LineBytes)));
        if (_suffixBytes >= 0) Entries.Prefetch.Line(in At(_suffixesAt + (row * _suffixBytes)));
    }

    private unsafe ref byte At(int offset) => ref Unsafe.AsRef<byte>((byte*)_address + offset);
}
