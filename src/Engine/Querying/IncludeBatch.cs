// `include`: documents of other collections attached to those that name them, a batch at a time. All join values of a page are
// looked up together, so that it is one message for each partition and page (or one semi-join), never one for each document:
//
//   page      route 1 → "AUS"     route 2 → "JFK"     route 3 → "AUS"
//   join      airports whose code is one of AUS, JFK                     (each found once)
//   attach    route 1 { …, airport: [ {_id, code: AUS, …} ] }  …
//
// What is attached is always an array, in the order of `_id`, without repetition; arrays fan out on both sides, null and missing
// join nothing. With a limit only the first of each value are kept while they come in.

using System.Runtime.InteropServices;
using IngoDB.Model;

namespace IngoDB.Engine.Querying;

/// <summary>Documents of one page that get others attached. One use, one thread at a time.</summary>
/// <param name="select">What the query keeps of its own documents; they are added with what <see cref="Reading"/> says.</param>
public sealed class IncludeBatch(IReadOnlyList<Include> includes, IReadOnlyList<FieldPath>? select)
{
    private const long AttachedBytesMax = 64L << 20;

    private readonly Projection? _projection = select is null ? null : new(select);
    private readonly List<StoredDocument> _documents = [];
    private readonly List<List<Value>>[] _joinValues = [.. includes.Select(_ => new List<List<Value>>())];

    public int Count => _documents.Count;

    /// <summary>What has to be read so that the join values are there, too.</summary>
    public static IReadOnlyList<FieldPath>? Reading(IReadOnlyList<FieldPath>? select, IReadOnlyList<Include> includes)
        => select is null || includes.Count == 0 ? select : [.. select, .. includes.Select(include => include.Field.WithoutFanOut)];

    public void Add(ReadOnlySpan<byte> idKey, DocumentVersion version, Shape shape, ReadOnlySpan<byte> row)
    {
        var document = new StoredDocument(DocumentId.ReadKey(idKey), version, new RowReader(shape, row).Decode());
        for (var i = 0; i < includes.Count; i++) _joinValues[i].Add(JoinValuesOf(includes[i].Field.WithoutFanOut.In(document)));
        if (_projection is not null)
        {
            _projection.Apply(shape, row);
            document = document with { Fields = new RowReader(_projection.Shape, _projection.Row).Decode() };
        }

        _documents.Add(document);
    }

    /// <summary>The documents with what belongs to them, in the order in which they were added.</summary>
    /// <exception cref="InvalidRequestException"><c>include.too_large</c>.</exception>
    public async ValueTask<IReadOnlyList<StoredDocument>> AttachAsync(IJoinSource source, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(source);
        for (var i = 0; i < includes.Count; i++)
        {
            var found = await FindAsync(i, source, cancellationToken).ConfigureAwait(false);
            for (var d = 0; d < _documents.Count; d++)
                _documents[d] = _documents[d] with { Fields = _documents[d].Fields.With(includes[i].As, found.Of(_joinValues[i][d])) };
        }

        return _documents;
    }

    private async ValueTask<Attachments> FindAsync(int index, IJoinSource source, CancellationToken cancellationToken)
    {
        var include = includes[index];
        var wanted = _joinValues[index].SelectMany(values => values).ToHashSet();
        var found = new Attachments(include, wanted);
        if (wanted.Count == 0) return found;
        await foreach (var node in source.JoinAsync(include.To.Collection, include.To.Field, wanted, include.Where, cancellationToken).ConfigureAwait(false))
        {
            found.Add(node);
            if (found.Bytes > AttachedBytesMax)
                throw new InvalidRequestException("include.too_large", $"What '{include.As}' attaches to one page has more than {AttachedBytesMax >> 20} MiB.", $"/include/{index}", "Give the include a limit, a select or a where; or ask for smaller pages");
        }

        return found;
    }

    private static List<Value> JoinValuesOf(in Value value)
    {
        if (value.Kind is ValueKind.Missing or ValueKind.Null) return [];
        return value.Kind == ValueKind.Array ? [.. value.AsArray().ToArray().Where(element => !element.IsNull)] : [value];
    }

    /// <summary>What was found for one include, by join value.</summary>
    private sealed class Attachments(Include include, HashSet<Value> wanted)
    {
        private readonly NodeFields _fields = new(include.To.Field);
        private readonly Projection? _projection = include.Select is null ? null : new(include.Select);
        private readonly Dictionary<Value, List<(DocumentId Id, Document Fields)>> _found = [];

        /// <summary>Encoded bytes of what was found, those that a limit has removed again included.</summary>
        public long Bytes { get; private set; }

        public void Add(GraphNode node)
        {
            Document? fields = null;
            foreach (var value in _fields.ValuesOf(node))
            {
                if (!wanted.Contains(value)) continue;
                ref var list = ref CollectionsMarshal.GetValueRefOrAddDefault(_found, value, out _);
                list ??= [];

                // An array may hold a value twice.
                if (list.Count > 0 && list[^1].Id.Equals(node.Id)) continue;
                list.Add((node.Id, fields ??= FieldsOf(node)));
                if (include.Limit is { } limit && list.Count >= 2L * limit + 16) Trim(list, limit);
            }
        }

        public Value Of(List<Value> values)
        {
            var attached = new SortedDictionary<DocumentId, Document>();
            foreach (var value in values)
                foreach (var (id, fields) in _found.GetValueOrDefault(value) ?? [])
                    attached[id] = fields;
            return Value.From([.. attached.Take(include.Limit ?? int.MaxValue).Select(pair => Value.From(pair.Value))]);
        }

        private Document FieldsOf(GraphNode node)
        {
            _projection?.Apply(node.Shape, node.Row.Span);
            var row = _projection is null ? new RowReader(node.Shape, node.Row.Span) : new RowReader(_projection.Shape, _projection.Row);
            Bytes += node.IdKey.Length + row.Row.Length;
            return Document.Of([(FieldNames.Id, node.Id.ToValue()), .. row.Decode().Select(field => (field.Key, field.Value))]);
        }

        private static void Trim(List<(DocumentId Id, Document Fields)> list, int limit)
        {
            list.Sort(static (left, right) => left.Id.CompareTo(right.Id));
            list.RemoveRange(limit, list.Count - limit);
        }
    }
}
