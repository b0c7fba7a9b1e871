using IngoDB.Model;

namespace IngoDB.Engine.Entries;

/// <summary>
/// Names a request of a client, so that it is done once however often it comes: a session (a random uuid whose last two bytes
/// are zero), a number within it that grows, and a fingerprint of the request's bytes. <c>default</c> names nothing.
/// </summary>
public readonly record struct RequestKey(Guid Session, long Sequence, ulong Fingerprint)
{
    /// <summary>So many of the latest requests of a session can be told apart from new ones; a client has fewer under way.</summary>
    public const int Window = RequestFormat.Slots;

    public bool IsGiven => Session != Guid.Empty;

    /// <exception cref="InvalidRequestException"><c>write.bad_session</c>.</exception>
    public void Check()
    {
        if (!IsGiven) return;
        Span<byte> bytes = stackalloc byte[16];
        Session.TryWriteBytes(bytes, bigEndian: true, out _);
        if (Sequence < 1 || bytes[RequestFormat.SessionBytes..].ContainsAnyExcept((byte)0))
            throw new InvalidRequestException("write.bad_session", "A session is a uuid whose last two bytes are zero, and its sequences count from 1.", suggestion: "Let the client number its requests");
    }
}
