// What the runtime carries. One change has one version; an atomic batch has one version for all its documents in a partition, and these travel
// together: so a token names a version and nothing inside one, and who begins at it again has all of it.

using IngoDB.Model;
using Orleans.Providers.Streams.Common;
using Orleans.Runtime;
using Orleans.Streams;

namespace IngoDB.GrainStorage.Streams;

/// <summary>All changes of one version on their way through Orleans' streams.</summary>
[GenerateSerializer, Immutable, Alias("ingodb.stream.change-batch")]
internal sealed class ChangeBatch : IBatchContainer
{
    /// <summary>At least one.</summary>
    [Id(0)] public required StoredChange[] Changes { get; init; }

    public StreamId StreamId => ChangeStream.Of(Changes[0].Collection);

    public StreamSequenceToken SequenceToken => new EventSequenceTokenV2((long)Version.Raw);

    public DocumentVersion Version => new(Changes[0].Version);

    /// <summary>About how many characters it has in memory.</summary>
    public int Size => Changes.Sum(change => 100 + change.Id.Length + (change.Json?.Length ?? 0));

    public IEnumerable<Tuple<T, StreamSequenceToken>> GetEvents<T>()
    {
        for (var i = 0; i < Changes.Length; i++)
            if (Changes[i] is T change) yield return new(change, new EventSequenceTokenV2((long)Changes[i].Version, i));
    }

    public bool ImportRequestContext() => false;
}

/// <summary>Says that a stream has more than its subscribers have had. They read it from their cursors; this one is given to nobody.</summary>
/// <param name="token">Where those begin who have no place of their own.</param>
internal sealed class ChangeWake(StreamId stream, StreamSequenceToken token) : IBatchContainer
{
    public StreamId StreamId => stream;

    public StreamSequenceToken SequenceToken => token;

    public IEnumerable<Tuple<T, StreamSequenceToken>> GetEvents<T>() => [];

    public bool ImportRequestContext() => false;
}
