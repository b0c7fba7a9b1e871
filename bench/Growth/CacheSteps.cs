// A load that the processor's cache answers takes a tenth of one that memory answers, so what reads at random places becomes dearer
// where the data outgrow a cache, whatever the engine does: not at one size, but from the cache's size on, until seven loads of eight
// miss. Two sizes with such a stretch between them say nothing about the engine, and are not compared.
//
//   data   ──── all hit ────┤ C ░░░░ more and more miss ░░░░ 8 C ├──── nearly all miss ────
//             compared                 not compared                     compared
namespace IngoDB.GrowthBench;

/// <summary>The sizes at which data outgrow caches.</summary>
internal static class CacheSteps
{
    /// <summary>What a document takes in memory, with its share of block and index.</summary>
    public const int BytesOfDocument = 140;

    private const long SecondLevelBytes = 1L << 20, ThirdLevelBytes = 32L << 20;
    private const int UntilMostMiss = 8;

    /// <summary>Whether growth from the smaller to the larger number of documents is the engine's own.</summary>
    public static bool AreComparable(long smaller, long larger) =>
        !Lies(smaller * BytesOfDocument, larger * BytesOfDocument, SecondLevelBytes) && !Lies(smaller * BytesOfDocument, larger * BytesOfDocument, ThirdLevelBytes);

    private static bool Lies(long smaller, long larger, long cache) => smaller < UntilMostMiss * cache && larger > cache;
}
