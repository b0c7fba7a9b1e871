// What every part of one traversal shares: the query made ready, the documents it knows, and what it keeps of their rows.
// Rows are copied only where they will be given out: those of results, and with a `select` those that edges and paths carry
// along; and of them only what was selected.

using IngoDB.Engine.Querying;
using IngoDB.Model;

namespace IngoDB.Engine.Traversing;

/// <summary>One query over hops, made ready. One thread at a time.</summary>
internal sealed class WalkScope
{
    private readonly Projection? _select;
    private readonly IReadOnlyList<FieldPath>? _selected;

    /// <param name="more">A field that is read of every document besides: the weight of a path.</param>
    public WalkScope(string from, IReadOnlyList<Hop> hops, StagePlan stages, IReadOnlyList<FieldPath>? select, IEnumerable<FieldPath>? more = null)
    {
        var names = hops.Select(hop => hop.To.Collection).Prepend(from).Distinct(StringComparer.Ordinal).ToList();
        Nodes = new(names);
        Hops = [.. hops.Select(hop => new HopPlan(hop, names.IndexOf(hop.To.Collection), Nodes))];
        (Stages, _selected, More) = (stages, select, [.. more ?? []]);
        _select = select is null ? null : new(select);
    }

    public NodeTable Nodes { get; }

    public HopPlan[] Hops { get; }

    public StagePlan Stages { get; }

    private FieldPath[] More { get; }

    /// <summary>The hop that leads to a stage.</summary>
    public HopPlan HopTo(int stage) => Hops[Stages.HopOf(stage)];

    /// <summary>Memory of documents and join values.</summary>
    public long Bytes
    {
        get
        {
            var bytes = Nodes.Bytes;
            foreach (var hop in Hops) bytes += hop.Bytes;
            return bytes;
        }
    }

    /// <summary>Keeps what was selected of a document.</summary>
    public void KeepRow(int node, NodeInput document)
    {
        if (Nodes.HasRow(node)) return;
        if (_select is null)
        {
            Nodes.KeepRow(node, document.Version, document.Shape, document.Row);
            return;
        }

        _select.Apply(document.Shape, document.Row);
        Nodes.KeepRow(node, document.Version, _select.Shape, _select.Row);
    }

    /// <summary>What is read of documents that arrive at a stage; null is all of them.</summary>
    /// <param name="keepsRow">They are kept.</param>
    public IReadOnlyList<FieldPath>? FieldsAt(int stage, bool keepsRow)
    {
        if (keepsRow && _selected is null) return null;
        var fields = new List<FieldPath>(More);
        if (stage != StagePlan.Start) fields.AddRange(HopTo(stage).FieldsRead);
        foreach (var next in Stages.Next(stage)) fields.Add(HopTo(next).Hop.Field);
        if (keepsRow) fields.AddRange(_selected!);
        return [.. fields.Select(field => field.WithoutFanOut).Distinct()];
    }

    public FrontierJoin JoinTo(int stage, int[] keys, int count, bool keepsRow)
    {
        var hop = HopTo(stage);
        return new(hop.Hop.To.Collection, hop.Hop.To.Field, new NumberedKeys(hop, keys, count), hop.Hop.Where, FieldsAt(stage, keepsRow));
    }
}
