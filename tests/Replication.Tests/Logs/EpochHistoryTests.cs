// Two logs are compared by their outlines. Against a model: logs as lists of epochs, made as protocols make them (one writer for an
// epoch, which only appends), compared entry by entry.

using IngoDB.Model;
using IngoDB.Replication.Logs;

namespace IngoDB.Replication.Tests;

public sealed class EpochHistoryTests
{
    [Theory]
    [InlineData("1 1 1", "1 1 1", 3)]
    [InlineData("1 1 1", "1 1", 2)]
    [InlineData("1 1 2", "1 1 3", 2)]
    [InlineData("1 1 2 2", "1 1 1 1", 2)]
    [InlineData("1 2 2", "1 1 3 3", 1)]
    [InlineData("", "1", 0)]
    [InlineData("2", "1", 0)]
    public void The_common_point_is_the_last_entry_that_both_have(string left, string right, long common)
        => Assert.Equal(new Lsn(common), EpochHistory.CommonPoint(Of(left), Last(left), Of(right), Last(right)));

    [Fact]
    public void The_common_point_is_that_of_the_logs_whatever_happened_to_them()
    {
        var random = new Random(7);
        for (var round = 0; round < 2000; round++)
        {
            // Primaries follow each other; each begins with a log that it inherited and appends.
            var logs = Enumerable.Range(0, 3).Select(_ => new List<long>()).ToArray();
            for (var epoch = 1L; epoch <= 6; epoch++)
            {
                var primary = logs[random.Next(3)];
                primary.AddRange(Enumerable.Repeat(epoch, 1 + random.Next(4)));
                foreach (var follower in logs.Where(log => log != primary && random.Next(2) == 0)) follower.Replace(primary.Take(random.Next(primary.Count + 1)));
            }

            var (left, right) = (logs[0], logs[1]);
            var expected = left.Zip(right).TakeWhile(pair => pair.First == pair.Second).Count();
            var found = EpochHistory.CommonPoint(Of(left), new(left.Count), Of(right), new(right.Count));
            Assert.True(found.Value == expected, $"{string.Join(' ', left)} and {string.Join(' ', right)}: {found}, not {expected}");
        }
    }

    [Fact]
    public void A_cut_forgets_the_epochs_behind_it()
    {
        var history = Of("1 1 2 4 4").CutAfter(new(3));

        Assert.Equal("(1,1) (2,3)", history.ToString());
        Assert.Equal(new Epoch(2), history.Last);
    }

    [Fact]
    public void Epochs_that_go_back_are_corruption_when_read_and_a_bug_when_written()
    {
        Assert.Throws<CorruptionException>(() => EpochHistory.From([new(new(2), new(1)), new(new(1), new(5))]));
        Assert.Throws<InvariantViolationException>(() => Of("2").Extend(new(1), new(2)));
    }

    private static EpochHistory Of(string log) => Of([.. log.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(long.Parse)]);

    private static EpochHistory Of(List<long> log)
    {
        var history = EpochHistory.Empty;
        for (var i = 0; i < log.Count; i++) history = history.Extend(new(log[i]), new(i + 1));
        return history;
    }

    private static Lsn Last(string log) => new(log.Split(' ', StringSplitOptions.RemoveEmptyEntries).Length);
}

internal static class Lists
{
    public static void Replace(this List<long> list, IEnumerable<long> by)
    {
        var items = by.ToList();
        list.Clear();
        list.AddRange(items);
    }
}
