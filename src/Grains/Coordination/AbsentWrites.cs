// Writes to a collection that does not exist, when none of them would make it: answered here, and no partition hears of them.

using IngoDB.Abstractions;
using IngoDB.Grains.Catalog;
using IngoDB.Model;

namespace IngoDB.Grains.Coordination;

/// <summary>See <see cref="AbsentCollection"/>. Pure.</summary>
internal static class AbsentWrites
{
    /// <summary>Outcomes in the order of the page's writes; null when one of them makes the collection.</summary>
    /// <exception cref="InvalidRequestException"><c>write.bad_page</c>.</exception>
    public static WriteOutcome[]? Of(DatabaseMap map, string collection, byte[] page)
    {
        var why = AbsentCollection.Why(NearestNames.NotFound(map, collection, "/into"));
        var reader = new WritePageReader(page);
        var outcomes = new WriteOutcome[reader.Count];
        for (var i = 0; reader.MoveNext(); i++)
        {
            if (AbsentCollection.IsMadeBy(reader.Kind, reader.IfVersion)) return null;
            outcomes[i] = Outcome(AbsentCollection.Result(reader.Kind, default, reader.IfVersion, why));
        }

        return outcomes;
    }

    public static bool AnyRefused(WriteOutcome[] outcomes) => Array.Exists(outcomes, outcome => outcome.ErrorCode is not null);

    /// <summary>What became of an atomic batch of which one write was refused: those that were are told so, the others were not made.</summary>
    /// <param name="known">Outcomes by page; null where the collection exists or would be made.</param>
    public static WriteOutcome[] Aborted(IReadOnlyList<CollectionPage> pages, IReadOnlyList<WriteOutcome[]?> known)
    {
        var aborted = Outcome(AbsentCollection.Aborted(default));
        return [.. pages.Zip(known, (page, outcomes) => outcomes?.Select(outcome => outcome.ErrorCode is null ? aborted : outcome) ?? Enumerable.Repeat(aborted, new WritePageReader(page.Page).Count)).SelectMany(outcomes => outcomes)];
    }

    private static WriteOutcome Outcome(in WriteResult result) => new() { Status = (byte)result.Status, ErrorCode = result.ErrorCode, ErrorMessage = result.ErrorMessage };
}
