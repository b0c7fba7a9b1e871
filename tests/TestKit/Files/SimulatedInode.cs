// A file's bytes, twice: as processes see them, and as they lie on the platter, with the list of changes between.
// Sync makes the changes part of the platter; a failed sync forgets them (Linux marks the pages clean); a power
// cut keeps a choice of them.

namespace IngoDB.TestKit.Files;

internal sealed class SimulatedInode
{
    private readonly List<Change> _dirty = [];
    private readonly Bytes _platter;

    public SimulatedInode()
        : this(new Bytes(), new Bytes())
    {
    }

    private SimulatedInode(Bytes visible, Bytes platter) => (Visible, _platter) = (visible, platter);

    public Bytes Visible { get; }

    public int Read(long offset, Span<byte> target) => Visible.Read(offset, target);

    public bool Write(long offset, byte[] content)
    {
        Visible.Write(offset, content);
        _dirty.Add(new Change(offset, content));
        return true;
    }

    public bool SetLength(long length)
    {
        Visible.SetLength(length);
        _dirty.Add(new Change(length, Content: null));
        return true;
    }

    public bool Sync()
    {
        foreach (var change in _dirty) change.ApplyTo(_platter);
        _dirty.Clear();
        return true;
    }

    public void DropDirtyPages() => _dirty.Clear();

    public void Corrupt(long offset, byte xor)
    {
        Visible.Flip(offset, xor);
        _platter.Flip(offset, xor);
    }

    public SimulatedInode AfterKill()
    {
        var copy = new SimulatedInode(Visible.Copy(), _platter.Copy());
        copy._dirty.AddRange(_dirty);
        return copy;
    }

    public SimulatedInode AfterPowerCut(PowerCut powerCut)
    {
        var left = _platter.Copy();
        var mood = powerCut.NextMood();
        foreach (var change in _dirty)
        {
            foreach (var part in powerCut.Survivors(change, mood)) part.ApplyTo(left);
        }

        return new SimulatedInode(left.Copy(), left);
    }
}

/// <summary>A write, or (without content) a new length.</summary>
internal readonly record struct Change(long Offset, byte[]? Content)
{
    public void ApplyTo(Bytes target)
    {
        if (Content is null) target.SetLength(Offset);
        else target.Write(Offset, Content);
    }
}
