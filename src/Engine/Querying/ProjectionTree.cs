// Several selected paths may share their beginning. As a tree each name is looked at once per document, and what is
// not in the tree is not copied.

using IngoDB.Model;

namespace IngoDB.Engine.Querying;

/// <summary>
/// What a `select` keeps of a document, as a tree of names: <c>["a.b", "a.c", "x"]</c> is a{b,c}, x. A path is kept whole from
/// its first array step on (<c>items[0].sku</c> keeps <c>items</c>); `_id` and `_version` belong to every document anyway.
/// </summary>
internal sealed class ProjectionTree
{
    private readonly List<ProjectionTree> _children = [];

    private ProjectionTree(string name) => Name = name;

    public string Name { get; }

    /// <summary>Keep everything below this name.</summary>
    public bool IsWhole { get; private set; }

    public IReadOnlyList<ProjectionTree> Children => _children;

    public static ProjectionTree Of(IReadOnlyList<FieldPath> select)
    {
        var root = new ProjectionTree("");
        foreach (var path in select)
            if (!path.IsId && !path.IsVersion && path.Steps is [{ IsIndex: false }, ..]) root.Add(path);
        return root;
    }

    private void Add(FieldPath path)
    {
        var node = this;
        foreach (var step in path.Steps)
        {
            if (step.IsIndex) break;
            node = node.ChildOf(step.Name!);
        }

        node.IsWhole = true;
    }

    private ProjectionTree ChildOf(string name)
    {
        foreach (var child in _children)
            if (child.Name == name) return child;
        _children.Add(new(name));
        return _children[^1];
    }
}
