namespace IngoDB.Model;

/// <summary>What a collection is told once and every write to it then follows.</summary>
public sealed record CollectionOptions
{
    private static readonly TimeSpan TimeToLiveMin = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan TimeToLiveMax = TimeSpan.FromDays(36_500);

    public static CollectionOptions Default { get; } = new();

    /// <summary>
    /// A document without <c>_expires</c> ends this long after its latest write; <c>_expires: null</c> keeps one for ever. Decided when it
    /// is written: a change of this option is for later writes. Null: documents do not end by themselves.
    /// </summary>
    public TimeSpan? TimeToLive { get; init; }

    /// <summary>True: writes are acknowledged before they are on disk, unless they say otherwise. Null: as the database does it.</summary>
    public bool? Buffered { get; init; }

    public bool IsDefault => TimeToLive is null && Buffered is null;

    /// <exception cref="InvalidRequestException"><c>collection.bad_options</c>.</exception>
    public void Check()
    {
        if (TimeToLive < TimeToLiveMin || TimeToLive > TimeToLiveMax)
            throw new InvalidRequestException("collection.bad_options", "A time to live is one second to a hundred years.", "/ttlSeconds", "Leave it out for documents that stay", "{\"ttlSeconds\": 86400}");
    }
}
