// Where a traversal over many partitions gets its documents: one message per partition and hop, never one per vertex. Keys that
// are ids go to the partitions that have them; others go to all, each partition doing its share of the semi-join. Only what
// the traversal reads of a document comes back. All at one snapshot.

using System.Buffers;
using IngoDB.Abstractions;
using IngoDB.Engine.Querying;
using IngoDB.Engine.Traversing;
using IngoDB.Grains.Partitions;
using IngoDB.Model;

namespace IngoDB.Grains.Coordination;

/// <summary>The partitions as a source of frontiers. One traversal; one step at a time.</summary>
internal sealed class PartitionFrontierSource(DocumentVersion snapshot, IReadOnlyDictionary<string, uint> collections) : IFrontierSource
{
    // A frontier beyond it is sent in pieces, so that no message grows with the graph.
    private const int KeyBytesPerMessageMax = 4 << 20;
    private const int PageBytes = 1 << 20;

    /// <summary>The request that asks for the next page: its deadline, and what it had to do without.</summary>
    public required RequestScope Scope { get; set; }

    /// <summary>Messages sent: the first page of every partition that was asked, and every further one.</summary>
    public long Messages { get; private set; }

    public NodeReader Start(string collection, Filter? where, IReadOnlyList<FieldPath>? fields)
    {
        var query = LiquidBinary.Write(new ScanQuery { From = collection, Where = where, Select = fields });
        return new Reader([.. Scope.Present(IdScope.PartitionsOf(Scope.Map, where)).Select(partition =>
        {
            var scan = QueryCoordinator.NewScan();
            return SourceOf(partition, (grain, after) => grain.ScanAsync(new() { Query = query, CollectionId = collections[collection], Snapshot = snapshot.Raw, After = after, PageBytes = PageBytes, Scan = scan }, Scope.Cancellation));
        })]);
    }

    public NodeReader Join(FrontierJoin join)
    {
        var query = LiquidBinary.Write(new ScanQuery { From = join.Collection, Where = join.Where, Select = join.Fields });
        var messages = join.Field.WithoutFanOut.IsId ? ByOwner(join.Keys) : ToAll(join.Keys);
        return new Reader([.. messages.Select(message =>
        {
            var scan = QueryCoordinator.NewScan();
            return SourceOf(message.Partition, (grain, after) => grain.JoinAsync(new() { CollectionId = collections[join.Collection], Field = join.Field.Text, Keys = message.Keys, Query = query, Snapshot = snapshot.Raw, After = after, PageBytes = PageBytes, Scan = scan }, Scope.Cancellation));
        })]);
    }

    private PartitionSource SourceOf(int partition, Func<IPartitionGrain, byte[], ValueTask<PartitionPage>> ask) => new(
        (after, _) =>
        {
            Messages++;
            return Scope.TryAskAsync(partition, grain => ask(grain, after), static page => page.Fault).AsTask();
        },
        after: [],
        limit: 0);

    private IEnumerable<(int Partition, byte[] Keys)> ByOwner(JoinKeys keys)
    {
        var owned = new SortedDictionary<int, ArrayBufferWriter<byte>>();
        foreach (var i in FrontierKeys.InOrder(keys))
        {
            var partition = PartitionHash.PartitionOf(Scope.Map, keys[i]);
            if (!owned.TryGetValue(partition, out var mine)) owned[partition] = mine = new(1024);
            FrontierKeys.Append(keys[i], mine);
        }

        return Scope.Present(owned.Keys).Select(partition => (partition, owned[partition].WrittenSpan.ToArray()));
    }

    private IEnumerable<(int Partition, byte[] Keys)> ToAll(JoinKeys keys)
    {
        var pieces = new List<byte[]>();
        var piece = new ArrayBufferWriter<byte>(1024);
        foreach (var i in FrontierKeys.InOrder(keys))
        {
            if (piece.WrittenCount >= KeyBytesPerMessageMax) EndPiece();
            FrontierKeys.Append(keys[i], piece);
        }

        if (piece.WrittenCount > 0) EndPiece();
        void EndPiece()
        {
            pieces.Add(piece.WrittenSpan.ToArray());
            piece.ResetWrittenCount();
        }

        return Scope.Present(Enumerable.Range(0, Scope.Map.Partitions.Count)).SelectMany(partition => pieces.Select(keysOf => (partition, keysOf)));
    }

    /// <summary>The documents of all partitions, which are asked side by side.</summary>
    private sealed class Reader(PartitionSource[] sources) : NodeReader
    {
        private Task<bool>[]? _first;
        private int _at;

        public override ReadOnlySpan<byte> IdKey => sources[_at].Current.IdKey;

        public override DocumentVersion Version => sources[_at].Current.Version;

        public override Shape Shape => sources[_at].Current.Shape;

        public override ReadOnlySpan<byte> Row => sources[_at].Current.Row;

        public override bool TryMoveNext() => _first is not null && _at < sources.Length && _first[_at].IsCompletedSuccessfully && sources[_at].TryMoveNext();

        public override async ValueTask<bool> FetchAsync()
        {
            if (_first is null)
            {
                _first = [.. sources.Select(source => source.FetchAsync().AsTask())];
                await Task.WhenAll(_first).ConfigureAwait(false);
                _at = -1;
            }
            else if (_at < sources.Length && await sources[_at].FetchAsync().ConfigureAwait(false))
            {
                return true;
            }

            while (++_at < sources.Length)
                if (await _first[_at].ConfigureAwait(false)) return true;
            return false;
        }

        public override async ValueTask PauseAsync()
        {
            foreach (var source in sources) await source.SettleAsync().ConfigureAwait(false);
        }
    }
}
