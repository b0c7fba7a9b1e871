// The ways in which lines of a block are asked for before they are needed (Entries/Prefetch.cs says why), each step for many rows
// before the next. All of it is for shared blocks, whose arrays are never moved: a line is asked for by address, since
// the array itself, whose head is one more line to wait for, must not be looked at.

using System.Runtime.CompilerServices;
using IngoDB.Engine.Entries;

namespace IngoDB.Engine.Sstables;

internal sealed partial class RowBlock
{
    /// <summary>For who will ask this block for anything soon.</summary>
    public void PrefetchLayout()
    {
        Prefetch.Line(in _layout);
        Prefetch.Line(in Unsafe.AddByteOffset(ref Unsafe.AsRef(in _layout), Prefetch.LineBytes));
    }

    /// <summary>For who will look for a key in this shared block soon.</summary>
    public void PrefetchTags() => Lines(_layout.Bytes, Count, linesMax: 4);

    /// <summary>The next step, when the tags have come: what belongs to the entry that it probably is.</summary>
    public void PrefetchEntry(ReadOnlySpan<byte> key)
    {
        if (key.Length < _layout.PrefixBytes) return;
        var row = RowBlockTags.Guess(Slice(_layout.Bytes, Count), key[_layout.PrefixBytes..]);
        if (row < 0) return;
        Line(_layout.SuffixBytes >= 0 ? _layout.SuffixesAt + row * _layout.SuffixBytes : _layout.KeyEndsAt + _layout.EndBytes * row);
        Line(_layout.VersionsAt + row * _layout.VersionBytes);
        Line(_layout.RowEndsAt + _layout.EndBytes * row);
    }

    /// <summary>For who will come to rows of this block: where its arrays lie.</summary>
    public void PrefetchHead()
    {
        Prefetch.Line(in _address);
        Prefetch.Line(in _layout);
        Prefetch.Line(in Unsafe.AddByteOffset(ref Unsafe.AsRef(in _layout), Prefetch.LineBytes));
    }

    /// <summary>The next step: where a row lies, and what is told of it.</summary>
    public void PrefetchPlaces(int index)
    {
        Line(_layout.SuffixBytes >= 0 ? _layout.SuffixesAt + (index * _layout.SuffixBytes) : _layout.KeyEndsAt + (_layout.EndBytes * index));
        Line(_layout.VersionsAt + (index * _layout.VersionBytes));
        Line(_layout.RowEndsAt + (_layout.EndBytes * index));
    }

    /// <summary>For who will compare a key with this entry and take its row: all that belongs to it, the row where it probably is.</summary>
    public void PrefetchEntry(int index)
    {
        PrefetchPlaces(index);
        if (_evenRowBytes == 0) return;
        var at = _layout.RowsAt + (int)((_evenRowBytes * (ulong)index) >> 8);
        Line(at);
        Line(at + Prefetch.LineBytes);
        if (_evenRowBytes >= Prefetch.LineBytes << 8) Line(at + (2 * Prefetch.LineBytes));
    }

    /// <summary>For who will ask for the places of many of its rows.</summary>
    public void PrefetchEnds() => Lines(_layout.RowEndsAt, _layout.EndBytes * Count, linesMax: 8);

    /// <summary>The last step: its bytes.</summary>
    public void PrefetchRow(int index)
    {
        PlaceOf(index, out var start, out var length);
        Lines(start, length, linesMax: 3);
    }

    private uint EvenRowBytes()
    {
        var mean = (uint)Math.Min((((ulong)(_layout.Bytes - _layout.RowsAt)) << 8) / (uint)Count, uint.MaxValue);
        for (var i = 0; i < Count; i++)
            if (Math.Abs(StartOf(i) - (long)((mean * (ulong)i) >> 8)) > Prefetch.LineBytes) return 0;
        return mean;
    }

    private void Lines(int start, int length, int linesMax)
    {
        for (var at = 0; at < length && linesMax > 0; at += Prefetch.LineBytes, linesMax--) Line(start + at);
    }

    private unsafe void Line(int at)
    {
        if (_address != 0) Prefetch.Line(in Unsafe.AsRef<byte>((byte*)_address + at));
    }
}
