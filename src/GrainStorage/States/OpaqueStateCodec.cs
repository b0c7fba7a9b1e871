using IngoDB.Model;
using Orleans.Runtime;
using Orleans.Storage;

namespace IngoDB.GrainStorage.States;

/// <summary>States as the bytes of somebody else's serializer: stored and found by grain, but queries do not see into them.</summary>
internal sealed class OpaqueStateCodec<T>(IGrainStorageSerializer serializer, Lazy<IStateCodec<T>> documents) : IStateCodec<T>
{
    public StateRow Encode(GrainId grain, T? state, DateTimeOffset? expires)
        => StateRows.Of(StateLayout.HeadOf(grain, isOpaque: true, expires).With(StateLayout.State, Value.From(serializer.Serialize(state!).ToArray())));

    public T? Decode(StoredDocument document) => StateLayout.IsOpaque(document.Fields) ? Read(document, serializer) : documents.Value.Decode(document);

    /// <exception cref="InvalidRequestException"><c>state.opaque</c>: there is no serializer to read it with.</exception>
    public static T? Read(StoredDocument document, IGrainStorageSerializer? serializer)
    {
        if (serializer is null)
            throw new InvalidRequestException("state.opaque", $"The state '{document.Id}' was stored by a serializer of its own, and none is given to read it with.", suggestion: "Set FormerSerializer in the options of the provider");
        return serializer.Deserialize<T>(BinaryData.FromBytes(document.Fields[StateLayout.State].AsBytes()));
    }
}
