// What waits between two pages is found by who comes with the right cursor, and let go of when it is too old, too many, or replaced.

using IngoDB.Grains.Coordination;
using Microsoft.Extensions.Time.Testing;

namespace Grains.Tests.Coordination;

public sealed class IdleQueriesTests
{
    private readonly FakeTimeProvider _time = new();

    private sealed class Waiting(int given) : IIdleQuery
    {
        public int Given => given;

        public bool IsDisposed { get; private set; }

        public ValueTask DisposeAsync()
        {
            IsDisposed = true;
            return ValueTask.CompletedTask;
        }
    }

    [Fact]
    public async Task Who_comes_with_another_place_leaves_it_for_who_comes_with_the_right_one()
    {
        var (idle, query) = (new IdleQueries<Waiting>(_time), new Waiting(5));
        await idle.PutAsync(1, query);
        Assert.Null(idle.Take(1, waiting => waiting.Given == 4));
        Assert.Null(idle.Take(2, _ => true));
        Assert.Same(query, idle.Take(1, waiting => waiting.Given == 5));
        Assert.Null(idle.Take(1, _ => true));
        Assert.False(query.IsDisposed);
    }

    [Fact]
    public async Task What_is_replaced_too_old_or_one_too_many_is_disposed()
    {
        var idle = new IdleQueries<Waiting>(_time);
        var (replaced, old) = (new Waiting(1), new Waiting(2));
        await idle.PutAsync(1, replaced);
        await idle.PutAsync(1, old);
        Assert.Equal((true, false), (replaced.IsDisposed, old.IsDisposed));

        _time.Advance(TimeSpan.FromSeconds(31));
        var many = Enumerable.Range(0, 33).Select(i => new Waiting(i)).ToList();
        for (var i = 0; i < many.Count; i++)
        {
            await idle.PutAsync((ulong)(10 + i), many[i]);
            _time.Advance(TimeSpan.FromMilliseconds(1));
        }

        Assert.True(old.IsDisposed);
        Assert.Equal([0], many.Where(query => query.IsDisposed).Select(query => query.Given));
        Assert.Null(idle.Take(10, _ => true));
    }
}
