// How far it still is from each place to the nearest goal, over the part of the graph that was seen: found once, backwards from
// all goals, and used by every search for one more path. With it a search goes straight towards the goal, and places from which
// no goal can be reached are not even looked at.

namespace IngoDB.Engine.Traversing;

/// <summary>Least cost (with the fewest steps among equals), and fewest steps, from each place to a goal. Immutable.</summary>
internal sealed class GoalDistances
{
    public const int Unreachable = int.MaxValue;

    private readonly PathCost[] _cost;
    private readonly int[] _costSteps, _steps;
    private readonly int[] _firstInto, _nextInto;

    public GoalDistances(PathGraph graph)
    {
        (_cost, _costSteps, _steps) = (new PathCost[graph.Count], new int[graph.Count], new int[graph.Count]);
        (_firstInto, _nextInto) = (new int[graph.Count], new int[graph.StepCount]);
        _costSteps.AsSpan().Fill(Unreachable);
        _steps.AsSpan().Fill(Unreachable);
        _firstInto.AsSpan().Fill(-1);
        for (var step = 0; step < graph.StepCount; step++)
        {
            var to = graph.StepAt(step).To;
            _nextInto[step] = _firstInto[to];
            _firstInto[to] = step;
        }

        FindSteps(graph);
        FindCosts(graph);
    }

    /// <summary>Fewest steps to a goal; <see cref="Unreachable"/> when there is none.</summary>
    public int StepsFrom(int place) => _steps[place];

    /// <summary>The least that the rest of the way costs, beyond the place itself; and its steps.</summary>
    public (PathCost Cost, int Steps) CostFrom(int place) => (_cost[place], _costSteps[place]);

    private void FindSteps(PathGraph graph)
    {
        var waiting = new Queue<int>();
        for (var place = 0; place < graph.Count; place++)
        {
            if (!graph[place].IsGoal) continue;
            _steps[place] = 0;
            waiting.Enqueue(place);
        }

        while (waiting.TryDequeue(out var place))
        {
            for (var step = _firstInto[place]; step >= 0; step = _nextInto[step])
            {
                var from = graph.StepAt(step).From;
                if (_steps[from] != Unreachable) continue;
                _steps[from] = _steps[place] + 1;
                waiting.Enqueue(from);
            }
        }
    }

    private void FindCosts(PathGraph graph)
    {
        var waiting = new PriorityQueue<int, (PathCost, int)>();
        var isDone = new bool[graph.Count];
        for (var place = 0; place < graph.Count; place++)
        {
            if (!graph[place].IsGoal) continue;
            _costSteps[place] = 0;
            waiting.Enqueue(place, default);
        }

        while (waiting.TryDequeue(out var place, out _))
        {
            if (isDone[place]) continue;
            isDone[place] = true;
            for (var step = _firstInto[place]; step >= 0; step = _nextInto[step])
            {
                var from = graph.StepAt(step).From;
                if (isDone[from]) continue;
                var (cost, steps) = (_cost[place] + graph[place].Weight, _costSteps[place] + 1);
                if (_costSteps[from] != Unreachable && (cost, steps).CompareTo((_cost[from], _costSteps[from])) >= 0) continue;
                (_cost[from], _costSteps[from]) = (cost, steps);
                waiting.Enqueue(from, (cost, steps));
            }
        }
    }
}
