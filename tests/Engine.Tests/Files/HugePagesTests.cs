// A wish to the system: whether it is granted shows in the time of a get only. What must hold is that nothing changes.
using IngoDB.Engine.Files;

namespace IngoDB.Tests.Files;

public sealed class HugePagesTests
{
    [Fact]
    public void Memory_that_was_asked_for_is_what_it_was()
    {
        var arrays = Enumerable.Range(0, 600).Select(i => GC.AllocateUninitializedArray<byte>(16_000 + i, pinned: true)).ToList();
        for (var i = 0; i < arrays.Count; i++) new Random(i).NextBytes(arrays[i]);
        var pages = new HugePages();
        foreach (var array in arrays) pages.Note(array);
        pages.Ask();
        pages.Ask();
        for (var i = 0; i < arrays.Count; i++)
        {
            var expected = new byte[arrays[i].Length];
            new Random(i).NextBytes(expected);
            Assert.True(arrays[i].AsSpan().SequenceEqual(expected));
        }
    }
}
