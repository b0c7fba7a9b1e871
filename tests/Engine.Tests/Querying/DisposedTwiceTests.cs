// A stream that is let go twice has given back what it rented once: the next two queries do not share it.

using IngoDB.Engine;
using IngoDB.Engine.Querying;
using IngoDB.Model;
using IngoDB.Tests.Core;

namespace IngoDB.Tests.Querying;

public sealed class DisposedTwiceTests : EngineFixture
{
    private const int Documents = 6_000;

    [Fact]
    public async Task Queries_side_by_side_after_a_stream_was_let_go_twice_each_give_their_own_rows()
    {
        for (var i = 0; i < Documents; i++) await Write(EngineWrite.Upsert(Things, new($"d{i:D5}"), Document.Of(("parity", i % 2), ("n", i % 100))));
        await Engine.FlushAsync();
        foreach (var ask in new Func<int, DocumentStream>[] { Scan, Sorted, Join })
        {
            var first = ask(0);
            Assert.True(first.MoveNext());
            first.Dispose();
            using var even = ask(0);
            Assert.True(even.MoveNext());

            // Rented buffers are kept by thread: another one that disposes the first stream again must get nothing of what `even` has now.
            var other = new Thread(() =>
            {
                first.Dispose();
                using var odd = ask(1);
                for (var i = 0; i < Documents / 2; i++) Assert.True(odd.MoveNext() && ParityOf(odd) == 1);
            });
            other.Start();
            other.Join();
            for (var i = 1; i < Documents / 2; i++)
            {
                Assert.True(even.MoveNext());
                Assert.Equal(0, ParityOf(even));
            }

            Assert.False(even.MoveNext());
        }
    }

    private DocumentStream Scan(int parity) => Engine.Scan(new(Things) { Where = Filter.Eq("parity", parity) });

    private DocumentStream Sorted(int parity) => Engine.Scan(new(Things) { Where = Filter.Eq("parity", parity), Sort = [new("n")] });

    private DocumentStream Join(int parity) => Engine.Join(Things, "parity", [parity], where: null);

    private static long ParityOf(DocumentStream row) => new RowReader(row.Shape, row.Row).Field("parity").Decode().AsInt64();
}
