// What a snapshot sees of a stream that holds every version: of each key the newest entry at or below the read point,
// unless that entry is a delete or has expired (an expired one hides the older ones, like a delete).
//
//   (a,9) (a,7) (a,3) (b,8 delete) (b,2) (c,5)      at 7  ►  (a,7) (b... (b,2) since 8 is later) (c,5)
//                                                   at 8  ►  (a,7) (c,5)
//
// Works over any ordered stream and knows nothing of where it comes from.

using IngoDB.Engine.Entries;
using IngoDB.Model;

namespace IngoDB.Engine.Cursors;

/// <summary>The documents of one read point, in key order. Owns its source. One thread at a time.</summary>
internal sealed class VisibleCursor(EntryCursor source, ReadPoint point) : EntryCursor
{
    private readonly byte[] _decidedKey = new byte[EntryKey.BytesMax];
    private int _decidedBytes;

    public override ReadOnlySpan<byte> Key => source.Key;

    public override DocumentVersion Version => source.Version;

    public override EntryKind Kind => source.Kind;

    public override DocumentVersion ExpiresAt => source.ExpiresAt;

    public override Shape Shape => source.Shape;

    public override ReadOnlySpan<byte> Row => source.Row;

    public override bool Seek(ReadOnlySpan<byte> key)
    {
        _decidedBytes = 0;
        return source.Seek(key) && (DecidesVisible() || MoveNext());
    }

    public override bool MoveNext()
    {
        while (source.MoveNext())
            if (DecidesVisible()) return true;
        return false;
    }

    public override void Dispose()
    {
        source.Dispose();
        base.Dispose();
    }

    // Whether the source stands on the entry that decides its key, and that entry is a living document.
    private bool DecidesVisible()
    {
        if (!point.Sees(source.Version)) return false;
        var key = source.Key;
        if (key.SequenceEqual(_decidedKey.AsSpan(0, _decidedBytes))) return false;
        key.CopyTo(_decidedKey);
        _decidedBytes = key.Length;
        return source.Kind == EntryKind.Put && !point.IsExpired(source.ExpiresAt);
    }
}
