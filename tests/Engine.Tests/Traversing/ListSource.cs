using System.Buffers;
using IngoDB.Engine.Querying;
using IngoDB.Engine.Traversing;
using IngoDB.Model;

namespace IngoDB.Tests.Traversing;

/// <summary>Collections as plain lists, joined by looking at every document. Half of the documents keep the reader waiting, as pages do.</summary>
internal sealed class ListSource(params (string Name, IReadOnlyList<StoredDocument> Documents)[] collections) : IFrontierSource
{
    private readonly Dictionary<(string Collection, FieldPath Field), ILookup<string, StoredDocument>> _lookups = [];

    public NodeReader Start(string collection, Filter? where, IReadOnlyList<FieldPath>? fields) => new ListReader(Of(collection).Where(document => FilterEvaluator.Matches(where, document)));

    public NodeReader Join(FrontierJoin join)
    {
        var lookup = LookupOf(join.Collection, join.Field.WithoutFanOut);
        var keys = new List<string>();
        for (var i = 0; i < join.Keys.Count; i++) keys.Add(Convert.ToHexString(join.Keys[i]));
        return new ListReader(keys.SelectMany(key => lookup[key]).Where(document => FilterEvaluator.Matches(join.Where, document)));
    }

    private IReadOnlyList<StoredDocument> Of(string collection) => collections.First(c => c.Name == collection).Documents;

    private ILookup<string, StoredDocument> LookupOf(string collection, FieldPath field)
    {
        if (_lookups.TryGetValue((collection, field), out var known)) return known;
        var pairs = from document in Of(collection) from value in Elements(field.In(document)) select (Key: KeyOf(field, value), document);
        return _lookups[(collection, field)] = pairs.ToLookup(pair => pair.Key, pair => pair.document);
    }

    private static string KeyOf(FieldPath field, Value value)
    {
        if (!field.IsId) return Convert.ToHexString(KeyClasses.KeyOf(value));
        var key = new byte[DocumentId.KeyBytesMax];
        return Convert.ToHexString(key.AsSpan(0, DocumentId.FromValue(value).WriteKey(key)));
    }

    private static IEnumerable<Value> Elements(Value value)
        => (value.Kind == ValueKind.Array ? value.AsArray().ToArray() : [value]).Where(element => element.Kind is not (ValueKind.Missing or ValueKind.Null));

    private sealed class ListReader(IEnumerable<StoredDocument> documents) : NodeReader
    {
        private readonly IEnumerator<StoredDocument> _documents = documents.GetEnumerator();
        private readonly byte[] _key = new byte[DocumentId.KeyBytesMax];
        private readonly ArrayBufferWriter<byte> _row = new();
        private int _keyBytes, _given;

        public override ReadOnlySpan<byte> IdKey => _key.AsSpan(0, _keyBytes);

        public override DocumentVersion Version => _documents.Current.Version;

        public override Shape Shape => Shape.Of(_documents.Current.Fields);

        public override ReadOnlySpan<byte> Row => _row.WrittenSpan;

        public override bool TryMoveNext() => ++_given % 2 == 0 && MoveNext();

        public override async ValueTask<bool> FetchAsync()
        {
            await Task.Yield();
            return MoveNext();
        }

        private bool MoveNext()
        {
            if (!_documents.MoveNext()) return false;
            _keyBytes = _documents.Current.Id.WriteKey(_key);
            _row.ResetWrittenCount();
            RowWriter.Write(_documents.Current.Fields, _row);
            return true;
        }
    }
}
