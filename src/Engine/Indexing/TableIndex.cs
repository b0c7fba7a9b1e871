// An open index file. Its fences (the first entry of each block) are in memory; blocks are read and verified when a
// cursor comes to them. It lives as long as somebody refers to it: a table that was compacted away keeps serving the
// readers of older states, and the file handle closes with the last of them.

using System.Buffers;
using IngoDB.Engine.Files;
using IngoDB.Engine.Sstables;
using IngoDB.Model;

namespace IngoDB.Engine.Indexing;

/// <summary>One index of one table. Immutable; thread-safe.</summary>
internal sealed class TableIndex : IDisposable
{
    private readonly IFile _file;
    private readonly TableId _seed;
    private readonly uint _version;
    private readonly IndexFences _fences;

    // Decoded blocks as long as the collector lets them live: repeated lookups of a hot value find theirs, and nothing
    // has to be evicted. A race on a slot costs a second decode.
    private readonly WeakReference<IndexBlock>?[] _recent;

    private TableIndex(IFile file, TableId seed, IndexFooter footer, IndexFences fences)
    {
        (_file, _seed, _version, _fences, EntryCount, DistinctKeys) = (file, seed, footer.Version, fences, footer.Entries, footer.DistinctKeys);
        _recent = new WeakReference<IndexBlock>?[fences.Count];
    }

    public long EntryCount { get; }

    public long DistinctKeys { get; }

    public IndexFences Fences => _fences;

    public IndexContents Contents => _fences.Contents;

    /// <exception cref="CorruptionException">Footer or fences are damaged.</exception>
    /// <exception cref="UnsupportedFormatException">Written by a newer program.</exception>
    public static TableIndex Open(IFileSystem files, string directory, TableId table, TableIndexInfo info)
    {
        var file = files.Open(Path.Combine(directory, info.FileName(table)));
        try
        {
            var seed = IndexFormat.Seed(table, info.Index);
            var at = file.Length - IndexFormat.FooterFrameBytes;
            if (at < 0) throw new CorruptionException(file.Path, 0, "shorter than the footer of an index file");
            var footer = IndexFooter.Decode(file.Path, at, ReadFrame(file, seed, new(at, IndexFormat.FooterFrameBytes), IndexFormat.FooterFrame), table, info.Index);
            if (footer.Fences.End != at || footer.Entries != info.EntryCount) throw new CorruptionException(file.Path, at, "the footer is not the one that the manifest speaks of");
            var fences = new IndexFences(file.Path, footer.Fences.Offset, ReadFrame(file, seed, footer.Fences, IndexFormat.FencesFrame), footer.Entries, footer.Version);
            return new(file, seed, footer, fences);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    public IndexBlock Block(int number, ReadCountersBox counters)
    {
        counters.Value.BlocksRead++;
        if (_recent[number] is { } recent && recent.TryGetTarget(out var held)) return held;
        counters.Value.BlocksDecoded++;
        var handle = _fences[number];
        counters.Value.BytesRead += handle.Bytes;
        var block = new IndexBlock(_file.Path, handle.Offset, ReadFrame(_file, _seed, handle, IndexFormat.EntriesFrame), _version, Contents.Carries);
        if (block.Count != _fences.EntriesOf(number)) throw new CorruptionException(_file.Path, handle.Offset, $"a block of {block.Count} entries where the fences tell {_fences.EntriesOf(number)}");
        _recent[number] = new(block);
        return block;
    }

    /// <summary>About how many entries lie in disjoint ranges: exact to a block, without reading one.</summary>
    public long EstimateEntries(IReadOnlyList<KeyRange> ranges)
    {
        var sum = 0L;
        var perKey = DistinctKeys == 0 ? 0 : (EntryCount + DistinctKeys - 1) / DistinctKeys;
        foreach (var range in ranges)
        {
            if (EntryCount == 0 || range.IsEmpty) continue;
            if (range.IsAll) return EntryCount;
            var blocks = _fences.EntriesBetween(range);
            sum += range.IsPoint ? Math.Max(perKey, blocks) : Math.Max(blocks, Math.Min(EntryCount, _fences.HalfBlock));
        }

        return Math.Min(sum, EntryCount);
    }

    public void Dispose() => _file.Dispose();

    private static byte[] ReadFrame(IFile file, TableId seed, FrameHandle handle, FrameKind kind)
    {
        if (handle.Bytes < SstableFormat.FrameHeadBytes || handle.End > file.Length) throw new CorruptionException(file.Path, handle.Offset, "a frame that does not lie in the file");
        var frame = ArrayPool<byte>.Shared.Rent(handle.Bytes);
        try
        {
            var bytes = frame.AsSpan(0, handle.Bytes);
            if (file.Read(handle.Offset, bytes) != handle.Bytes) throw new CorruptionException(file.Path, handle.Offset, "the file ends inside a frame");
            var payload = GC.AllocateUninitializedArray<byte>(Frame.Verify(file.Path, seed, handle.Offset, kind, bytes));
            Frame.Decode(file.Path, handle.Offset, bytes, payload);
            return payload;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(frame);
        }
    }
}
