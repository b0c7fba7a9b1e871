// The one promise of the chunks: none is lent again while anybody can see it, and afterwards it is. Both are the collector's
// doing, so the tests ask it to collect.
using System.Runtime.CompilerServices;
using IngoDB.Engine.Memtables;

namespace IngoDB.Tests.Memtables;

public sealed class ArenaChunksTests
{
    private const int MoreThanKept = 100;

    [Fact]
    public void A_chunk_of_which_somebody_holds_a_row_is_not_lent_again()
    {
        var row = RowOfAChunk(mark: 0x5A);
        Collect();
        for (var i = 0; i < MoreThanKept; i++) ArenaChunks.Rent().AsSpan().Fill(0xFF);
        Assert.Equal(0x5A, row.Span[0]);
        GC.KeepAlive(row);
    }

    [Fact]
    public void A_chunk_of_which_a_span_is_on_the_stack_is_not_lent_again()
    {
        var row = RowOfAChunk(mark: 0x5B).Span;
        Collect();
        for (var i = 0; i < MoreThanKept; i++) ArenaChunks.Rent().AsSpan().Fill(0xFF);
        Assert.Equal(0x5B, row[0]);
    }

    [Fact]
    public void A_chunk_that_nobody_sees_any_more_is_lent_again()
    {
        // Others run beside this test and may take some: of a hundred chunks with a mark, one must come back.
        var again = 0;
        for (var round = 0; round < 10 && again == 0; round++)
        {
            Span<byte> mark = [0xC0, 0xFF, 0xEE, (byte)round];
            LeaveMarked(mark);
            Collect();
            again = RentMarked(mark);
        }

        Assert.True(again > 0);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ReadOnlyMemory<byte> RowOfAChunk(byte mark)
    {
        var chunk = ArenaChunks.Rent();
        chunk.AsSpan().Fill(mark);
        return chunk.AsMemory(1000, 10);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void LeaveMarked(ReadOnlySpan<byte> mark)
    {
        for (var i = 0; i < MoreThanKept; i++) mark.CopyTo(ArenaChunks.Rent().AsSpan(500));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int RentMarked(ReadOnlySpan<byte> mark)
    {
        var marked = 0;
        for (var i = ArenaChunks.KeptCount; i > 0; i--)
            if (ArenaChunks.Rent().AsSpan(500, mark.Length).SequenceEqual(mark)) marked++;
        return marked;
    }

    private static void Collect()
    {
        for (var i = 0; i < 3; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
    }
}
