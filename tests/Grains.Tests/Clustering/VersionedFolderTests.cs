// Compare-and-swap with link(2): who was slower is refused, also when pruning has removed the evidence meanwhile.

using System.Text;
using IngoDB.Abstractions.Clustering;
using IngoDB.Engine.Files;
using IngoDB.Grains.Clustering;
using IngoDB.Model;

namespace Grains.Tests.Clustering;

public sealed class VersionedFolderTests : IDisposable
{
    private readonly TempFolder _folder = new();

    [Fact]
    public void A_version_replaces_exactly_the_one_that_was_read()
    {
        var (first, second) = (Open(), Open());
        var one = first.TryReplace(null, "one"u8);
        Assert.NotNull(one);
        Assert.Null(second.TryReplace(null, "uno"u8));
        Assert.NotNull(second.TryReplace(one, "two"u8));
        Assert.Null(first.TryReplace(one, "zwei"u8));
        Assert.Equal("two", Text(first.Read()!));
    }

    [Fact]
    public void A_writer_that_slept_while_its_version_was_pruned_is_refused_and_leaves_nothing()
    {
        var folder = Open();
        var slept = folder.TryReplace(null, "old"u8);
        var newest = slept;
        for (var i = 0; i < 3 * VersionedFolder.VersionsKept; i++) newest = folder.TryReplace(newest, Encoding.UTF8.GetBytes($"{i}"));

        Assert.Null(Open().TryReplace(slept, "late"u8));
        Assert.Null(Open().TryReplace(new(0, default, default), "later"u8));
        Assert.Equal(newest!.Version, Open().Read()!.Version);
        Assert.Equal(VersionedFolder.VersionsKept, Directory.GetFiles(_folder.Path).Length);
    }

    [Fact]
    public void Of_many_writers_each_change_is_kept_once()
    {
        const int writers = 4, changes = 25;
        Parallel.For(0, writers, new() { MaxDegreeOfParallelism = writers }, _ =>
        {
            var folder = Open();
            for (var done = 0; done < changes;)
            {
                var record = folder.Read();
                var count = record is null ? 0 : int.Parse(Text(record));
                if (folder.TryReplace(record, Encoding.UTF8.GetBytes($"{count + 1}")) is not null) done++;
            }
        });
        Assert.Equal(writers * changes, int.Parse(Text(Open().Read()!)));
    }

    [Fact]
    public void Damage_is_named_and_never_read()
    {
        Open().TryReplace(null, "precious"u8);
        var path = _folder[VersionedFile.NameOf(1)];
        var whole = File.ReadAllBytes(path);
        for (var i = 0; i < whole.Length; i++)
        {
            var damaged = (byte[])whole.Clone();
            damaged[i] ^= 0x10;
            File.WriteAllBytes(path, damaged);
            var error = Assert.ThrowsAny<IngoDBException>(() => Open().Read());
            Assert.True(error is CorruptionException or UnsupportedFormatException);
            Assert.Contains(path, error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void The_bytes_are_as_drawn()
        => Assert.Equal(
            [(byte)'I', (byte)'N', (byte)'G', (byte)'V', 1, 1, 2, 3, 4, 5, 6, 7, 8, 2, 0, 0, 0],
            VersionedFile.Encode([1, 2, 3, 4, 5, 6, 7, 8], "ab"u8)[..17]);

    public void Dispose() => _folder.Dispose();

    private VersionedFolder Open() => new(LocalFileSystem.Instance, _folder.Path);

    private static string Text(VersionedRecord record) => Encoding.UTF8.GetString(record.Content.Span);
}
