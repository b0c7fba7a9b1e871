// What is rehearsed leaves nothing behind and is over soon.

using IngoDB.Engine.Entries;
using IngoDB.Engine.Indexing;
using IngoDB.Model;
using IngoDB.Tests.Columns;
using IngoDB.Tests.Sstables;
using Microsoft.Extensions.Time.Testing;

namespace IngoDB.Tests.Indexing;

public sealed class BuildRehearsalTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public void A_rehearsal_writes_no_file_and_is_repeated_a_few_times_with_pauses()
    {
        using var tables = new TestTables();
        using var table = tables.Open(tables.Write([.. ColumnTables.Sorted(Enumerable.Range(0, 500).Select(i => ColumnTables.Entry(i, (ulong)i + 1, Document.Of(("a", Value.From(i))))))]));
        var files = Directory.GetFiles(tables.Folder.Path);
        var (rehearsal, time) = (new BuildRehearsal(), new FakeTimeProvider());

        Run();
        Run();
        Assert.Equal(1, rehearsal.Times);
        for (var i = 0; i < 10; i++)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            Run();
        }

        Assert.Equal(4, rehearsal.Times);
        Assert.True(rehearsal.IsOver);
        Assert.Equal(files, Directory.GetFiles(tables.Folder.Path));

        void Run() => rehearsal.Run([table], new(new(uint.MaxValue), new(1), IndexFields.Parse("a"), ""), time, Cancellation);
    }

    [Fact]
    public void Tables_without_rows_of_the_collection_are_nothing_to_rehearse_with()
    {
        using var tables = new TestTables();
        using var table = tables.Open(tables.Write([ColumnTables.Entry(1, 1, Document.Of(("a", Value.From(1))))]));
        var rehearsal = new BuildRehearsal();

        rehearsal.Run([table], new(new(uint.MaxValue), new(2), IndexFields.Parse("a"), ""), TimeProvider.System, Cancellation);

        Assert.Equal(0, rehearsal.Times);
    }
}
