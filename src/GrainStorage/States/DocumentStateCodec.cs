// States as documents (StateLayout). Their JSON is made in a buffer of the thread and read from there straight into the row: a grain's
// states have one shape nearly always, so the names are only compared with those of the state before.

using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using IngoDB.Client.Mapping;
using IngoDB.Model;
using Orleans.Runtime;
using Orleans.Storage;

namespace IngoDB.GrainStorage.States;

/// <summary>Each field of the state is a field of the document, or the state is one.</summary>
/// <param name="fallback">Reads states that were stored by it; null: they are refused.</param>
internal sealed class DocumentStateCodec<T>(StateJson json, IGrainStorageSerializer? fallback) : IStateCodec<T>
{
    private readonly JsonTypeInfo<T> _writing = InfoOf(json.Writing);
    private readonly JsonTypeInfo<T> _reading = InfoOf(json.Reading);
    private Shape? _latestShape;

    /// <summary>The state's fields stand at the top of the document, not below <see cref="StateLayout.State"/>.</summary>
    public bool IsInline { get; } = StandsAtTheTop(InfoOf(json.Writing));

    public StateRow Encode(GrainId grain, T? state, DateTimeOffset? expires)
    {
        var head = StateLayout.HeadOf(grain, isOpaque: false, expires);
        if (state is null) return StateRows.Of(head.With(StateLayout.State, Value.Null));
        using var buffer = new PooledJson();
        try
        {
            JsonSerializer.Serialize(buffer.Writer, state, _writing);
        }
        catch (Exception error) when (error is JsonException or NotSupportedException or ArgumentException or InvalidOperationException)
        {
            throw NotSerializable(error);
        }

        if (!IsInline) return StateRows.Of(head.With(StateLayout.State, StateRows.ValueOf(buffer.Written)));
        if (Volatile.Read(ref _latestShape) is { } shape && StateRows.TryFromJson(shape, head, buffer.Written, out var row)) return row;
        row = StateRows.Of(head, DocumentJson.Read(buffer.Written));
        Volatile.Write(ref _latestShape, row.Shape);
        return row;
    }

    public T? Decode(StoredDocument document)
    {
        if (StateLayout.IsOpaque(document.Fields)) return OpaqueStateCodec<T>.Read(document, fallback);
        var whole = document.Fields[StateLayout.State];
        if (whole.Kind == ValueKind.Null) return default;
        using var buffer = new PooledJson();
        if (IsInline) StateRows.WriteFields(buffer.Writer, document.Fields);
        else PlainJson.Write(buffer.Writer, whole);
        buffer.Writer.Flush();
        try
        {
            return JsonSerializer.Deserialize(buffer.Written, _reading);
        }
        catch (Exception error) when (error is JsonException or NotSupportedException or InvalidOperationException)
        {
            throw new InvalidRequestException("state.not_this_type", $"The state '{document.Id}' is not a {typeof(T).Name}: {error.Message}", suggestion: "Make the member nullable or of the stored type, or bring the states up to date with MigrateAsync");
        }
    }

    private static JsonTypeInfo<T> InfoOf(JsonSerializerOptions options)
    {
        try
        {
            return (JsonTypeInfo<T>)options.GetTypeInfo(typeof(T));
        }
        catch (Exception error) when (error is NotSupportedException or InvalidOperationException)
        {
            throw NotSerializable(error);
        }
    }

    /// <summary>It is an object, and neither it nor anything derived from it has a field that is called like one of ours.</summary>
    private static bool StandsAtTheTop(JsonTypeInfo info)
        => IsPlain(info) && (info.PolymorphismOptions is null || info.PolymorphismOptions.DerivedTypes.All(derived => derived.DerivedType == info.Type || IsPlain(info.Options.GetTypeInfo(derived.DerivedType))));

    private static bool IsPlain(JsonTypeInfo info)
        => info.Kind == JsonTypeInfoKind.Object && info.Type != typeof(object) && info.Properties.All(property => !property.IsExtensionData && !StateLayout.IsTaken(property.Name));

    private static InvalidRequestException NotSerializable(Exception error)
        => new("state.not_serializable", $"A {typeof(T).Name} cannot be stored as a document: {error.Message}", suggestion: "Give the provider a GrainStorageSerializer; its states are stored whole, and not queryable");
}
