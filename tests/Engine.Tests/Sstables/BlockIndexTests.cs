// The search among fences begins with a guess, which is right for ids that are spread evenly and far off for others. Far
// off or not, the block must be the one that a walk over all fences finds.
using CsCheck;
using IngoDB.Engine.Sstables;
using IngoDB.Model;

namespace IngoDB.Tests.Sstables;

public sealed class BlockIndexTests
{
    // Keys of one to twelve bytes over alphabets of two to 256, so that ties in the first eight bytes, and clusters, are common.
    private static readonly Gen<byte[][]> Keys =
        from bits in Gen.Int[1, 8]
        from length in Gen.Int[1, 12]
        from keys in Gen.Byte[0, (byte)((1 << bits) - 1)].Array[1, length].Array[1, 200]
        select keys;

    [Fact]
    public void The_block_found_is_the_one_that_a_walk_finds() =>
        Gen.Select(Keys, Keys, Gen.Int[1, 4]).Sample((fences, wanted, versions) =>
        {
            List<(byte[] Key, ulong Version)> sorted = [.. fences.SelectMany(key => Enumerable.Range(1, versions).Select(v => ((byte[])[1, .. key], (ulong)v * 10)))
                .DistinctBy(f => (Convert.ToHexString(f.Item1), f.Item2))];
            sorted.Sort((a, b) => a.Key.AsSpan().SequenceCompareTo(b.Key) is var order && order != 0 ? order : b.Version.CompareTo(a.Version));
            var builder = new BlockIndexBuilder();
            for (var i = 0; i < sorted.Count; i++) builder.Add(new(100L * i, 100), (uint)i, new(sorted[i].Version), sorted[i].Key);
            var index = new BlockIndex("f", 0, builder.Finish(), 100L * sorted.Count, sorted.Count);

            foreach (var key in wanted.Select(k => (byte[])[1, .. k]).Concat(sorted.Select(f => f.Key)).Append([0, 5]).Append([2]))
                foreach (var version in new ulong[] { 0, 10, 15, ulong.MaxValue })
                {
                    var expected = sorted.FindLastIndex(f => f.Key.AsSpan().SequenceCompareTo(key) is var order && (order < 0 || (order == 0 && f.Version >= version)));
                    Assert.Equal(expected, index.Find(key, new DocumentVersion(version)));
                }
        }, iter: 300);
}
