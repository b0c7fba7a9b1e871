using Orleans.Providers.Streams.Common;
using Orleans.Runtime;
using Orleans.Streams;

namespace IngoDB.GrainStorage;

/// <summary>Names and tokens of streams of changes.</summary>
public static class ChangeStream
{
    /// <summary>The namespace of the streams, whose keys are the names of collections.</summary>
    public const string Namespace = "changes";

    /// <summary>The token of a subscription that begins with the first document.</summary>
    public static StreamSequenceToken Beginning => After(Model.DocumentVersion.None);

    /// <summary>The stream of a collection's changes: <c>provider.GetStream&lt;StoredChange&gt;(ChangeStream.Of("orders"))</c>.</summary>
    public static StreamId Of(string collection) => StreamId.Create(Namespace, collection);

    /// <summary>The token of a subscription that begins after a version, e.g. that of a snapshot or of <c>Until</c> of a feed.</summary>
    public static StreamSequenceToken After(Model.DocumentVersion version) => new EventSequenceTokenV2((long)version.Raw + 1);

    /// <summary>The version after which a subscription with this token begins. A token stands before the first change that it gives.</summary>
    internal static Model.DocumentVersion PositionOf(StreamSequenceToken token) => token.SequenceNumber <= 1 ? Model.DocumentVersion.None : new((ulong)token.SequenceNumber - 1);
}
