// The feed of changes of a collection over all partitions, in one order: every partition is read at one point in time, T, and tells its
// changes by version. One that had more than fits into a page stops earlier; the answer then ends where the first of them stopped, and
// what others had told beyond it is told again. So one number says how far a reader is, and nothing is kept for him here.
//
//   partition 0   3  7  9 ···T        ┐
//   partition 1   4  5  6 | (more)    ├─►  3 4 5 6, until 6
//   partition 2   8 ·········T        ┘
//
// A partition that cannot be reached is a failure: leaving it out would be to skip its changes.

using IngoDB.Abstractions;
using IngoDB.Grains.Catalog;
using IngoDB.Grains.Partitions;
using IngoDB.Model;

namespace IngoDB.Grains.Coordination;

/// <summary>Runs <c>changes.read</c>. Thread-safe.</summary>
internal sealed class ChangeFeedCoordinator(PartitionRouter router)
{
    public const string Operation = "changes.read";

    private const int ChangesMax = 10_000;
    private const int ChangesDefault = 1_000;
    private const string Example = """{"collection": "orders", "after": "115784263139328000", "limit": 1000}""";
    /// <summary>In the place of an order key.</summary>
    private static ReadOnlySpan<byte> Gone => [1];

    private static readonly string[] Arguments = ["collection", "after", "limit", "where", "gone"];

    /// <returns>A DocumentPage: first a document that says how far it reaches (<c>until</c>), then the changes; one with an order key is gone.</returns>
    public async ValueTask<byte[]> RunAsync(DatabaseMap map, Document argument, CancellationToken cancellationToken)
    {
        foreach (var (key, _) in argument)
            if (!Arguments.Contains(key)) throw new InvalidRequestException("admin.unknown_argument", $"There is no argument '{key}'.", "/" + key, Arguments.MinBy(known => NearestNames.Distance(key, known)), Example);
        if (argument["collection"] is not { Kind: ValueKind.String } name) throw new InvalidRequestException("admin.missing_argument", "The argument needs 'collection'.", "/collection", example: Example);
        var collection = map.FindCollection(Model.CollectionName.Check(name.AsString(), forWriting: false, "/collection")) ?? throw NearestNames.NotFound(map, name.AsString(), "/collection");
        var after = argument["after"] is { Kind: ValueKind.String } text ? PointInTime.Parse(text.AsString()) : DocumentVersion.None;
        var scope = new RequestScope(map, router, cancellationToken);
        var now = await SnapshotClock.NowAsync(scope).ConfigureAwait(false);
        if (scope.Missing.Length > 0) throw Missing(scope);
        if (now <= after) return PageOf([], after);

        var request = new PartitionChangesRequest
        {
            CollectionId = collection.Id,
            After = after.Raw,
            Snapshot = now.Raw,
            ChangesMax = Math.Max(1, LimitOf(argument) / map.Partitions.Count),
            Query = QueryOf(argument, collection.Name),
            WithGone = argument["gone"] is not { Kind: ValueKind.Bool } gone || gone.AsBool(),
        };
        var replies = await scope.ToAllAsync(grain => grain.ReadChangesAsync(request, cancellationToken), static reply => reply.Fault).ConfigureAwait(false);
        return scope.Missing.Length > 0 ? throw Missing(scope) : PageOf(replies!, new(replies.Min(reply => reply!.Until)));
    }

    private static byte[] PageOf(IReadOnlyList<PartitionChangesPage> pages, DocumentVersion until)
    {
        var changes = new List<(DocumentVersion Version, byte[] Id, Shape Shape, ReadOnlyMemory<byte> Row, bool IsGone)>();
        foreach (var page in pages.Where(page => page.Page.Length > 0))
        {
            var reader = new DocumentPageReader(page.Page);
            while (reader.MoveNext() && reader.Version <= until) changes.Add((reader.Version, reader.IdKey.ToArray(), reader.Shape, reader.RowMemory, reader.OrderKey.Length > 0));
        }

        changes.Sort(static (left, right) => left.Version.CompareTo(right.Version));
        var all = new DocumentPageWriter();
        var head = new DocumentPageReader(SingleDocument.Write(Document.Of(("until", SnapshotClock.Token(until)), ("changes", (long)changes.Count))));
        head.MoveNext();
        all.Add(head.IdKey, head.Version, head.Shape, head.Row);
        foreach (var (version, id, shape, row, isGone) in changes) all.Add(id, version, shape, row.Span, isGone ? Gone : []);
        return all.Finish();
    }

    private static int LimitOf(Document argument) => argument["limit"] switch
    {
        { Kind: ValueKind.Int64 } limit when limit.AsInt64() is >= 1 and <= ChangesMax => (int)limit.AsInt64(),
        { Kind: ValueKind.Missing } => ChangesDefault,
        _ => throw new InvalidRequestException("changes.bad_limit", $"limit is a whole number from 1 to {ChangesMax}.", "/limit", example: Example),
    };

    /// <summary>The condition: LiquidBinary of a ScanQuery.</summary>
    private static byte[] QueryOf(Document argument, string collection)
    {
        switch (argument["where"])
        {
            case { Kind: ValueKind.Missing or ValueKind.Null }:
                return [];
            case { Kind: ValueKind.Bytes } bytes:
                var scan = LiquidBinary.Read(bytes.AsBytes().Span) as ScanQuery ?? throw new InvalidRequestException("changes.bad_condition", "where is no condition.", "/where", example: Example);
                LiquidValidator.Validate(scan);
                return LiquidBinary.Write(new ScanQuery { From = collection, Where = scan.Where });
            default:
                throw new InvalidRequestException("changes.bad_condition", "where is a ScanQuery in its binary form; clients make it.", "/where");
        }
    }

    private static UnavailableException Missing(RequestScope scope)
        => new("changes.partitions_missing", $"Partitions {string.Join(", ", scope.Missing)} could not be asked; their changes would be skipped. {scope.Warnings[0]}");
}
