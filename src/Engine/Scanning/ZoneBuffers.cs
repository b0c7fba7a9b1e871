// What one pass over zones needs beside the codes, 33 KiB that every query would else allocate anew. A thread keeps
// one set; who takes it has it alone until it is given back.

using IngoDB.Engine.Columns;

namespace IngoDB.Engine.Scanning;

/// <summary>Scratch of one pass over zones.</summary>
internal sealed class ZoneBuffers
{
    [ThreadStatic]
    private static ZoneBuffers? _spare;

    public ulong[] Mask { get; } = new ulong[CodePredicate.ZoneWords];

    public uint[] Rows { get; } = new uint[CodeColumn.ZoneRows];

    public uint[] Ranks { get; } = new uint[CodeColumn.ZoneRows];

    public static ZoneBuffers Take()
    {
        var taken = _spare ?? new();
        _spare = null;
        return taken;
    }

    public void GiveBack() => _spare = this;
}
