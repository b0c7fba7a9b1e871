// How recent an answer has to be. The fresher, the dearer: a strong read is confirmed by every copy in sync, while one that may see the recent
// past is answered by the copy that the client's own gateway has, if that can promise what is asked; if not, by the primary, strongly. So a
// weaker choice changes where an answer comes from and how old it may be, and nothing else about it.

using IngoDB.Abstractions;

namespace IngoDB.Client.Sessions;

/// <summary>How recent answers must be, for <see cref="IngoDatabase.WithConsistency"/>. With one copy of each partition there is only <see cref="Strong"/>, whatever is asked for.</summary>
public sealed class ReadConsistency
{
    private readonly long? _maxStalenessMilliseconds;

    private ReadConsistency(long? maxStalenessMilliseconds, IngoSession? session) => (_maxStalenessMilliseconds, SessionOrNull) = (maxStalenessMilliseconds, session);

    /// <summary>Everything that was acknowledged before the read began is seen. The default.</summary>
    public static ReadConsistency Strong { get; } = new(null, null);

    internal IngoSession? SessionOrNull { get; }

    /// <summary>Everything that was acknowledged longer ago than <paramref name="maxStaleness"/> is seen; what is newer may be. Copies know that of themselves to about half a second, so a shorter bound is mostly answered strongly.</summary>
    public static ReadConsistency BoundedStaleness(TimeSpan maxStaleness)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxStaleness, TimeSpan.FromMilliseconds(1));
        return new((long)maxStaleness.TotalMilliseconds, null);
    }

    /// <summary>What the session has written and seen is seen, and it never goes back behind that.</summary>
    public static ReadConsistency Session(IngoSession session)
    {
        ArgumentNullException.ThrowIfNull(session);
        return new(null, session);
    }

    internal ReadConcern? ToConcern() => SessionOrNull is { } session ? new() { Seen = session.Positions }
        : _maxStalenessMilliseconds is { } bound ? new() { MaxStalenessMilliseconds = bound }
        : null;
}
