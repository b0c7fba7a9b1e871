using IngoDB.Engine.Entries;

namespace IngoDB.Engine.Sstables;

/// <summary>Fills a <see cref="RowIndex"/> from all blocks of a table.</summary>
internal sealed class RowIndexBuilder(RowIndex index)
{
    public void Add(RowBlock block)
    {
        Span<byte> key = stackalloc byte[EntryKey.BytesMax];
        var prefix = block.KeyPrefix;
        prefix.CopyTo(key);
        for (var row = 0; row < block.Count; row++)
        {
            var suffix = block.KeySuffix(row);
            if (row > 0 && suffix.SequenceEqual(block.KeySuffix(row - 1))) continue;
            suffix.CopyTo(key[prefix.Length..]);
            index.Add(EntryKey.Hash(key[..(prefix.Length + suffix.Length)]), row);
        }
    }

    /// <summary>Once all blocks were added.</summary>
    public RowIndex Finish() => index;
}
