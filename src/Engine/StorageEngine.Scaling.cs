// W follows the workload: now and then what was asked of the tree is weighed (ScalingChoice, pure), and the next W becomes a
// manifest edit like every other change, so that it survives; its steps are kept as a time series beside the statistics.

using IngoDB.Engine.Compaction;
using IngoDB.Engine.Events;
using IngoDB.Engine.Manifests;
using IngoDB.Engine.Statistics;

namespace IngoDB.Engine;

public sealed partial class StorageEngine
{
    private const int ScalingMovesMax = 256;

    private IReadOnlyList<ScalingMove> _scalingMoves = [];
    private long _scalingLooked;

    /// <summary>W of the unified compaction strategy, as it is now.</summary>
    public int ScalingParameter => _state.Manifest.ScalingParameter;

    /// <summary>The steps that W has made, oldest first.</summary>
    public IReadOnlyList<ScalingMove> ScalingMoves => Volatile.Read(ref _scalingMoves);

    private bool AdaptsScaling => Options.AdaptiveScaling && Options.Learning != LearningMode.Off;

    /// <summary>Weighs the work since the last look and moves W by a step when that pays; not before the cooldown is over.</summary>
    /// <returns>The step, or null.</returns>
    public ScalingMove? AdvanceScaling()
    {
        ThrowIfClosed();
        var now = Options.Time.GetTimestamp();
        if (!AdaptsScaling || Options.Time.GetElapsedTime(_scalingLooked, now) < ScalingChoice.Cooldown) return null;
        _scalingLooked = now;
        var state = _state;
        var view = new ScalingView(state.Manifest.ScalingParameter, _queries.Statistics.Tree.Take(), state.Tables.Sum(table => table.Info.UserBytes), Options.MemtableBytes);
        if (ScalingChoice.Choose(view) is not var (next, cause)) return null;
        var move = new ScalingMove(Options.Time.GetUtcNow(), view.ScalingParameter, next, cause);
        PublishEdit(new VersionEdit { ScalingParameter = next });
        Volatile.Write(ref _scalingMoves, [.. _scalingMoves.Skip(Math.Max(0, _scalingMoves.Count + 1 - ScalingMovesMax)), move]);
        Events.Raise(new ScalingMoved(move.From, move.To, cause));
        SaveStatistics();
        return move;
    }
}
