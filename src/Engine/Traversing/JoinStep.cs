// One hop of a frontier when it matters who reached whom. The walks that wait for a value hang in a chain from its number, so
// that a document that arrives finds them by its own values:
//
//   head[value] ─► pair (walk, next) ─► pair (walk, next) ─► 0          arrived document d holds the value: (walk, d), (walk, d)
//
// A walk and a document meet once, however many values they share. Numbers only; nothing is allocated for an edge.

using IngoDB.Model;

namespace IngoDB.Engine.Traversing;

/// <summary>A walk that has reached a document.</summary>
internal readonly record struct Meeting(int Walk, int Node);

/// <summary>Matches the documents of one join with the walks that asked for it. Reusable. One thread at a time.</summary>
internal sealed class JoinStep
{
    private readonly NodeBits _keys = new(), _arrived = new();
    private int[] _head = [];
    private (int Walk, int Next)[] _pairs = new (int, int)[64];
    private Meeting[] _meetings = new Meeting[64];
    private int[] _met = [];
    private int _pairCount, _serial;
    private HopPlan? _hop;

    /// <summary>Memory that it holds.</summary>
    public long Bytes => _keys.Bytes + _arrived.Bytes + ((long)_head.Length * 4) + ((long)_pairs.Length * 8) + ((long)_meetings.Length * 8) + ((long)_met.Length * 4);

    public int MeetingCount { get; private set; }

    public Span<Meeting> Meetings => _meetings.AsSpan(0, MeetingCount);

    /// <summary>Numbers of the values that are waited for.</summary>
    public ReadOnlySpan<int> Keys => _keys.Members;

    /// <param name="walks">Walks have numbers below it.</param>
    public void Begin(HopPlan hop, int walks)
    {
        _hop = hop;
        if (_head.Length < hop.KeyCount) Array.Resize(ref _head, Math.Max(hop.KeyCount, _head.Length * 2));
        if (_met.Length < walks) Array.Resize(ref _met, Math.Max(walks, _met.Length * 2));
    }

    public void Wait(int key, int walk)
    {
        if (_pairCount == _pairs.Length) Array.Resize(ref _pairs, _pairCount * 2);
        _pairs[_pairCount++] = (walk, _keys.Add(key) ? 0 : _head[key]);
        _head[key] = _pairCount;
    }

    /// <summary>The document meets the walks that wait for its values; false when it meets none, or has arrived before.</summary>
    public bool Arrive(NodeInput document, int node)
    {
        if (!_arrived.Add(node)) return false;
        var before = MeetingCount;
        _serial++;
        if (_hop!.IsById) MeetAll(node, node);
        else
        {
            var count = _hop.To.Read(document, out var value);
            for (var i = 0; i < count; i++)
            {
                var key = _hop.To.KeyOf(value, i, asId: false);
                if (!key.IsEmpty && _hop.Find(key) is var number and >= 0 && _keys.Contains(number)) MeetAll(number, node);
            }
        }

        return MeetingCount > before;
    }

    public void End()
    {
        _keys.Clear();
        _arrived.Clear();
        (_pairCount, MeetingCount) = (0, 0);
    }

    /// <summary>Each walk keeps its first documents by id only.</summary>
    public void CutFanOut(int fanout, NodeTable nodes)
    {
        Meetings.Sort((left, right) => left.Walk != right.Walk ? left.Walk.CompareTo(right.Walk) : nodes.Compare(left.Node, right.Node));
        var (kept, taken, walk) = (0, 0, -1);
        for (var i = 0; i < MeetingCount; i++)
        {
            var meeting = _meetings[i];
            taken = meeting.Walk == walk ? taken + 1 : 1;
            walk = meeting.Walk;
            if (taken <= fanout) _meetings[kept++] = meeting;
        }

        MeetingCount = kept;
    }

    private void MeetAll(int key, int node)
    {
        if (!_keys.Contains(key)) return;
        for (var pair = _head[key]; pair != 0; pair = _pairs[pair - 1].Next)
        {
            var walk = _pairs[pair - 1].Walk;
            if (_met[walk] == _serial) continue;
            _met[walk] = _serial;
            if (MeetingCount == _meetings.Length) Array.Resize(ref _meetings, MeetingCount * 2);
            _meetings[MeetingCount++] = new(walk, node);
        }
    }
}
