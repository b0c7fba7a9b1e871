using IngoDB.Model;
using Orleans.Runtime;

namespace IngoDB.GrainStorage.States;

/// <summary>Between a state and the row of its document. Thread-safe.</summary>
internal interface IStateCodec<T>
{
    /// <param name="grain">Whose it is.</param>
    /// <param name="state">May be null.</param>
    /// <param name="expires">When the state ends by itself; null: never.</param>
    /// <exception cref="InvalidRequestException"><c>state.not_serializable</c>, or a limit of documents.</exception>
    StateRow Encode(GrainId grain, T? state, DateTimeOffset? expires);

    /// <exception cref="InvalidRequestException"><c>state.not_this_type</c>, <c>state.opaque</c>.</exception>
    T? Decode(StoredDocument document);
}

/// <summary>An encoded document: its fields' names and their values.</summary>
internal readonly record struct StateRow(Shape Shape, ReadOnlyMemory<byte> Bytes);
