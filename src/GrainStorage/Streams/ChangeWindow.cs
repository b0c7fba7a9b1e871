// The newest changes of a collection, read once for all who follow it. Who has had everything up to its lower edge finds the next one in it; who
// is further behind reads the feed himself until he is.
//
//   versions  ──────── after ▒▒▒▒▒▒▒▒▒▒▒ until ─►
//                      └ known here ───┘

using IngoDB.Model;

namespace IngoDB.GrainStorage.Streams;

/// <summary>Changes between two versions. One caller at a time.</summary>
/// <param name="sizeMax">In characters; the oldest go when it is exceeded.</param>
internal sealed class ChangeWindow(DocumentVersion after, int sizeMax)
{
    private readonly List<ChangeBatch> _batches = [];
    private int _size;

    /// <summary>Exclusive.</summary>
    public DocumentVersion After { get; private set; } = after;

    public DocumentVersion Until { get; private set; } = after;

    public bool Reaches(DocumentVersion position) => position >= After;

    /// <summary>The first after a position that it reaches; null: there are no more at this moment.</summary>
    public ChangeBatch? Next(DocumentVersion position)
    {
        var (low, high) = (0, _batches.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (_batches[middle].Version > position) high = middle;
            else low = middle + 1;
        }

        return low < _batches.Count ? _batches[low] : null;
    }

    /// <param name="page">What follows its upper edge.</param>
    public void Add(ChangeBatches page)
    {
        _batches.AddRange(page.Batches);
        _size += page.Batches.Sum(batch => batch.Size);
        Until = page.Until;
        var dropped = 0;
        for (; _size > sizeMax; dropped++)
        {
            _size -= _batches[dropped].Size;
            After = _batches[dropped].Version;
        }

        _batches.RemoveRange(0, dropped);
    }
}
