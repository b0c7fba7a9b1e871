// The names of one folder, twice: as processes see them, and as they lie on the platter, with the operations
// between. A power cut keeps a choice of the operations; a rename is one operation, so it happens whole or not.

namespace IngoDB.TestKit.Files;

internal sealed class SimulatedFolder
{
    private readonly List<NameChange> _dirty = [];
    private SortedDictionary<string, SimulatedInode> _visible = new(StringComparer.Ordinal);
    private SortedDictionary<string, SimulatedInode> _platter = new(StringComparer.Ordinal);

    public IReadOnlyList<string> Names() => [.. _visible.Keys];

    public SimulatedInode? Find(string name) => _visible.GetValueOrDefault(name);

    public void Add(string name, SimulatedInode inode) => Change(new(Removed: null, name, inode));

    public void Remove(string name) => Change(new(name, Added: null, _visible[name]));

    public void Rename(string source, string target, SimulatedInode inode) => Change(new(source, target, inode));

    public void Sync()
    {
        foreach (var change in _dirty) change.ApplyTo(_platter);
        _dirty.Clear();
    }

    /// <param name="powerCut">Null after a kill: everything seen stays, and stays as durable as it was.</param>
    /// <param name="inodes">Files cloned so far: two names of one file stay one file.</param>
    public SimulatedFolder Clone(PowerCut? powerCut, Dictionary<SimulatedInode, SimulatedInode> inodes)
    {
        if (powerCut is not null)
        {
            var left = Copy(_platter);
            foreach (var change in powerCut.Survivors(_dirty)) change.ApplyTo(left);
            return new SimulatedFolder { _visible = Map(left, Cloned), _platter = Map(left, Cloned) };
        }

        var clone = new SimulatedFolder { _visible = Map(_visible, Cloned), _platter = Map(_platter, Cloned) };
        clone._dirty.AddRange(_dirty.Select(change => change with { Inode = Cloned(change.Inode) }));
        return clone;

        SimulatedInode Cloned(SimulatedInode inode)
        {
            if (!inodes.TryGetValue(inode, out var copy)) inodes[inode] = copy = powerCut is null ? inode.AfterKill() : inode.AfterPowerCut(powerCut);
            return copy;
        }
    }

    private void Change(NameChange change)
    {
        change.ApplyTo(_visible);
        _dirty.Add(change);
    }

    private static SortedDictionary<string, SimulatedInode> Copy(SortedDictionary<string, SimulatedInode> names) => new(names, StringComparer.Ordinal);

    private static SortedDictionary<string, SimulatedInode> Map(SortedDictionary<string, SimulatedInode> names, Func<SimulatedInode, SimulatedInode> map)
    {
        var mapped = new SortedDictionary<string, SimulatedInode>(StringComparer.Ordinal);
        foreach (var (name, inode) in names) mapped[name] = map(inode);
        return mapped;
    }
}

/// <summary>A create or link (nothing removed), a delete (nothing added) or a rename (both).</summary>
internal readonly record struct NameChange(string? Removed, string? Added, SimulatedInode Inode)
{
    public void ApplyTo(SortedDictionary<string, SimulatedInode> names)
    {
        if (Removed is not null && names.TryGetValue(Removed, out var there) && ReferenceEquals(there, Inode)) names.Remove(Removed);
        if (Added is not null) names[Added] = Inode;
    }
}
