// A link as one walk sees it: with the documents that were written after it was made. Their keys, and keys that only they have, are
// looked up once when the walk begins; after that a step is bits to bits.

using System.Numerics;
using IngoDB.Engine.Entries;
using IngoDB.Engine.Scanning;
using IngoDB.Engine.Traversing;
using IngoDB.Model;

namespace IngoDB.Engine.Adjacency;

/// <summary>Steps of whole frontiers. One thread at a time.</summary>
internal sealed class Step
{
    private readonly Link _link;
    private readonly KeyTable _laterKeys = new();
    private readonly NumberLists? _keysOfLater;
    private readonly List<(int Key, int Document)> _laterByKey = [];

    public Step(Link link, LaterDocuments laterFrom, LaterDocuments laterTo, Hop hop)
    {
        _link = link;
        if (laterFrom.Count > 0) _keysOfLater = KeysOf(laterFrom, new(hop.Field), link.IsById);
        if (laterTo.Count > 0) AddTargets(laterTo, new(hop.To.Field));
        AskedKeys = new ulong[RowMask.Words(KeyCount)];
    }

    public int KeyCount => _link.KeyCount + _laterKeys.Count;

    /// <summary>Keys that were asked for at an earlier depth.</summary>
    public ulong[] AskedKeys { get; }

    /// <summary>Sets the keys of a document.</summary>
    public void AddKeysOf(int document, Span<ulong> keys)
    {
        var numbers = document < _link.From.Count ? _link.KeysOf[document] : _keysOfLater![document - _link.From.Count];
        foreach (var key in numbers) keys[key >> 6] |= 1UL << key;
    }

    /// <summary>Sets the documents of all keys, hidden ones too.</summary>
    public void AddDocumentsOf(ReadOnlySpan<ulong> keys, Span<ulong> documents)
    {
        if (_link.DocumentsByKey is { } byKey) AddByKey(byKey, keys, documents);
        else AddById(keys, documents);
        foreach (var (key, document) in _laterByKey)
            if ((keys[key >> 6] & (1UL << key)) != 0) documents[document >> 6] |= 1UL << document;
    }

    private void AddById(ReadOnlySpan<ulong> keys, Span<ulong> documents)
    {
        if (_link.To.Count == 0) return;
        var words = RowMask.Words(_link.To.Count);
        for (var i = 0; i < words - 1; i++) documents[i] |= keys[i];
        documents[words - 1] |= keys[words - 1] & RowMask.LastWord(_link.To.Count);
    }

    private static void AddByKey(NumberLists byKey, ReadOnlySpan<ulong> keys, Span<ulong> documents)
    {
        for (var i = 0; i < keys.Length; i++)
        {
            for (var word = keys[i]; word != 0; word &= word - 1)
            {
                var key = (i << 6) + BitOperations.TrailingZeroCount(word);
                if (key >= byKey.Count) return; // keys of later documents only
                foreach (var document in byKey[key]) documents[document >> 6] |= 1UL << document;
            }
        }
    }

    private NumberLists KeysOf(LaterDocuments later, KeyReader field, bool asId)
    {
        var (lists, reader, document) = (new NumberLists.Builder(), new LaterReader(later), new NodeInput());
        while (reader.TryMoveNext())
        {
            document.Load(reader);
            var count = field.Read(document, out var value);
            for (var i = 0; i < count; i++)
            {
                var key = field.KeyOf(value, i, asId);
                if (!key.IsEmpty) lists.Add(NumberOf(key));
            }

            lists.EndList();
        }

        return lists.Finish();
    }

    private void AddTargets(LaterDocuments later, KeyReader field)
    {
        if (_link.IsById)
        {
            for (var i = 0; i < later.Count; i++) _laterByKey.Add((NumberOf(later.IdKeyOf(i)), _link.To.Count + i));
            return;
        }

        var keys = KeysOf(later, field, asId: false);
        for (var i = 0; i < later.Count; i++)
            foreach (var key in keys[i]) _laterByKey.Add((key, _link.To.Count + i));
    }

    private int NumberOf(ReadOnlySpan<byte> key) => _link.FindKey(key) is var known and >= 0 ? known : _link.KeyCount + _laterKeys.Intern(key);

    private sealed class LaterReader(LaterDocuments later) : NodeReader
    {
        private int _at = -1;

        public override ReadOnlySpan<byte> IdKey => later.IdKeyOf(_at);

        public override DocumentVersion Version => later.VersionOf(_at);

        public override Shape Shape => later.ShapeOf(_at);

        public override ReadOnlySpan<byte> Row => later.RowOf(_at);

        public override bool TryMoveNext() => ++_at < later.Count;

        public override ValueTask<bool> FetchAsync() => new(false);
    }
}
