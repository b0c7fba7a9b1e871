// Names for writes, so that one that is sent again is recognised: a session and a number in it. A partition tells the latest 4,096
// numbers of a session from new ones by their remainder; so a number is not given while another with its remainder is still
// under way. Instead a new session begins, and the old one ends with the last of its requests.
//
// A session is a random uuid of its own (its last two bytes are zero); nothing is asked of the cluster for it.

using IngoDB.Abstractions;

namespace IngoDB.Client.Calls;

/// <summary>Gives every write of this client a number. Thread-safe.</summary>
internal sealed class RequestNumbers(Random random)
{
    private readonly Lock _gate = new();
    private Guid _session;
    private long _next;
    private bool[] _underWay = [];

    public RequestNumber Take()
    {
        lock (_gate)
        {
            var slot = (int)((_next + 1) % WriteRequest.SequencesUnderWayMax);
            if (_underWay.Length == 0 || _underWay[slot]) slot = BeginSession();
            _underWay[slot] = true;
            return new(this, _session, ++_next, _underWay);
        }
    }

    internal void Release(in RequestNumber number)
    {
        lock (_gate) number.UnderWay[number.Sequence % WriteRequest.SequencesUnderWayMax] = false;
    }

    private int BeginSession()
    {
        Span<byte> bytes = stackalloc byte[16];
        random.NextBytes(bytes[..14]);
        bytes[14..].Clear();
        _session = new Guid(bytes, bigEndian: true);
        _next = 0;
        _underWay = new bool[WriteRequest.SequencesUnderWayMax];
        return 1;
    }
}

/// <summary>The name of one request; disposed when it is not sent again.</summary>
internal readonly record struct RequestNumber(RequestNumbers Home, Guid Session, long Sequence, bool[] UnderWay) : IDisposable
{
    public void Dispose() => Home.Release(this);
}
