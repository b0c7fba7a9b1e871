// The part of a graph that a search has seen. Its vertices are places: a document at a stage of the hops (the end of a round is
// the start of the next, so an airport that a flight reaches is where the next flight begins). What it costs to be at a place
// is the weight of its document.
//
//   places   document | stage | goal? | cost so far ...          steps   from ─► (to, hop) ─► (to, hop) ─► -1, a chain for each place

namespace IngoDB.Engine.Traversing;

/// <summary>Places and the steps between them. One thread at a time.</summary>
internal sealed class PathGraph
{
    private const int PlaceBytes = 88, StepBytes = 16;
    private readonly PairTable _numbers = new();
    private Place[] _places = new Place[64];
    private Step[] _steps = new Step[64];

    internal struct Place
    {
        public int Node;
        public int Stage;
        public int FirstStep;
        public bool IsGoal;
        public bool IsPruned;

        /// <summary>Its steps are known.</summary>
        public bool IsOpen;

        /// <summary>What its document costs.</summary>
        public PathCost Weight;

        public bool IsReached;

        /// <summary>The least that a way to it costs, once it is reached.</summary>
        public PathCost Reached;
    }

    internal readonly record struct Step(int From, int To, int Hop, int Next);

    public int Count { get; private set; }

    public int StepCount { get; private set; }

    /// <summary>Some weight is a double, so that sums depend on the order of adding.</summary>
    public bool IsInexact { get; private set; }

    /// <summary>Memory that it holds.</summary>
    public long Bytes => _numbers.Bytes + (_places.LongLength * PlaceBytes) + (_steps.LongLength * StepBytes);

    public ref Place this[int place] => ref _places[place];

    public Step StepAt(int step) => _steps[step];

    /// <summary>The place of a document at a stage; <paramref name="isNew"/> when it was never met.</summary>
    public int Intern(int node, int stage, PathCost weight, out bool isNew)
    {
        ref var number = ref _numbers[stage, node];
        isNew = number == 0;
        if (!isNew) return number - 1;
        if (Count == _places.Length) Array.Resize(ref _places, Count * 2);
        _places[Count] = new() { Node = node, Stage = stage, FirstStep = -1, Weight = weight };
        IsInexact |= weight.IsInexact;
        number = ++Count;
        return Count - 1;
    }

    public void AddStep(int from, int to, int hop)
    {
        if (StepCount == _steps.Length) Array.Resize(ref _steps, StepCount * 2);
        _steps[StepCount] = new(from, to, hop, _places[from].FirstStep);
        _places[from].FirstStep = StepCount++;
    }
}
