// The feed of one collection as batches for a stream. A page that could not be read is null and is asked for again at the next look.
//
// A place that is so old that deletions after it are forgotten is gone on from without them: better a stream with changes than none.

using IngoDB.Client.Changes;
using IngoDB.Client.Mapping;
using IngoDB.Model;
using Microsoft.Extensions.Logging;

namespace IngoDB.GrainStorage.Streams;

/// <summary>Changes in their order.</summary>
/// <param name="Batches">By ascending version.</param>
/// <param name="Until">Everything up to here is in it, or before it.</param>
internal sealed record ChangeBatches(IReadOnlyList<ChangeBatch> Batches, DocumentVersion Until);

/// <summary>Reads the changes of one collection. Thread-safe.</summary>
internal sealed partial class ChangePages(string collection, ChangePlaces places, ILogger logger)
{
    /// <summary>Null: not now.</summary>
    public async Task<ChangeBatches?> ReadAsync(DocumentVersion after)
    {
        ChangePage page;
        try
        {
            var feed = (await places.DatabaseAsync().ConfigureAwait(false)).Changes(collection);
            page = await ReadAsync(feed, after).ConfigureAwait(false);
        }
        catch (InvalidRequestException e) when (e.Code == "collection.not_found")
        {
            // Nobody has written to it yet.
            return new([], after);
        }
        catch (Exception e)
        {
            // Whatever it is, a subscriber waits rather than loses his place: it is asked again at the next look.
            LogNotNow(collection, e.Message);
            return null;
        }

        return ToBatches(page);
    }

    private async Task<ChangePage> ReadAsync(IngoChangeFeed feed, DocumentVersion after)
    {
        try
        {
            return await feed.ReadAsync(after).ConfigureAwait(false);
        }
        catch (SnapshotTooOldException)
        {
            // As the head of this file says.
            LogTooOld(collection, after.ToString());
            return await feed.WithoutGone().ReadAsync(after).ConfigureAwait(false);
        }
    }

    private ChangeBatches ToBatches(ChangePage page)
        => new([.. page.Changes.GroupBy(change => change.Version).Select(same => new ChangeBatch { Changes = [.. same.Select(ToStored)] })], page.Until);

    private StoredChange ToStored(DocumentChange change)
        => new() { Collection = collection, Id = change.Id.ToString(), Version = change.Version.Raw, Json = change.Fields is { } fields ? JsonOf(fields) : null };

    private static string JsonOf(Document fields)
    {
        using var json = new PooledJson();
        PlainJson.Write(json.Writer, Value.From(fields));
        json.Writer.Flush();
        return System.Text.Encoding.UTF8.GetString(json.Written);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Changes of {Collection} can not be read now: {Reason}")]
    private partial void LogNotNow(string collection, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The stream of changes of {Collection} goes on after {Version}, after which not all deletions are known any more; it goes on without those")]
    private partial void LogTooOld(string collection, string version);
}
