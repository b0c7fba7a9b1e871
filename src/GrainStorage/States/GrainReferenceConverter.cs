// A reference to a grain, in a state, is the key of that grain's own state: a document with its type and the value that is the _id
// there. So a query can follow it, and reading the state gives a reference that can be called.
//
//   IPlayerGrain Owner  ◄──►  {"type": "player", "key": {"$uuid": "0195.."}}         join: owner.key → _id
//   GrainId Supplier    ◄──►  {"type": "supplier", "key": "acme"}

using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using IngoDB.GrainStorage.Naming;
using IngoDB.Model;
using Orleans.Runtime;

namespace IngoDB.GrainStorage.States;

/// <summary>Grain ids.</summary>
internal sealed class GrainIdConverter : JsonConverter<GrainId>
{
    /// <summary>Set when the key is a text that reads as a Guid with hyphens, but is not one.</summary>
    private const string IsText = "text";

    public override GrainId Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.String) return GrainId.Parse(reader.GetString()!, CultureInfo.InvariantCulture);
        if (reader.TokenType != JsonTokenType.StartObject) throw new JsonException("A grain is a document with type and key.");
        string? type = null, key = null;
        var isText = false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString();
            reader.Read();
            if (name == StateLayout.Type) type = reader.GetString();
            else if (name == StateLayout.Key) key = reader.GetString();
            else if (name == IsText) isText = true;
            else reader.Skip();
        }

        if (type is null || key is null) return default;
        return GrainId.Create(type, !isText && ValueText.TryParseUuid(key, out var guid) ? guid.ToString("N", CultureInfo.InvariantCulture) : key);
    }

    public override void Write(Utf8JsonWriter writer, GrainId value, JsonSerializerOptions options)
    {
        writer.WriteStartObject();
        if (!value.IsDefault)
        {
            var key = value.Key.ToString()!;
            writer.WriteString(StateLayout.Type, value.Type.ToString());
            writer.WritePropertyName(StateLayout.Key);
            DocumentJson.Write(writer, StateIds.ValueOf(key));
            if (ValueText.TryParseUuid(key, out _)) writer.WriteBoolean(IsText, true);
        }

        writer.WriteEndObject();
    }

    public override GrainId ReadAsPropertyName(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => GrainId.Parse(reader.GetString()!, CultureInfo.InvariantCulture);

    public override void WriteAsPropertyName(Utf8JsonWriter writer, GrainId value, JsonSerializerOptions options) => writer.WritePropertyName(value.ToString());
}

/// <summary>References that are held as what the runtime makes of them, so that the interface is part of the value; Orleans' own states (streams, transactions) hold such.</summary>
internal sealed class BareReferenceConverter(IGrainFactory? grains) : JsonConverter<GrainReference>
{
    private const string Id = "id";
    private const string Interface = "interface";

    public override bool CanConvert(Type typeToConvert) => typeof(GrainReference).IsAssignableFrom(typeToConvert);

    public override GrainReference? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var parts = JsonSerializer.Deserialize<Dictionary<string, string>>(ref reader, options);
        if (parts is null || !parts.TryGetValue(Id, out var id) || !parts.TryGetValue(Interface, out var type)) return null;
        var factory = grains ?? throw new JsonException("References to grains are made by a grain factory, and none was given.");
        var grain = GrainId.Parse(id, CultureInfo.InvariantCulture);
        // A grain's reference to itself, as participants of transactions have it, is of no interface.
        return (GrainReference)(type.Length == 0 ? factory.GetGrain(grain) : factory.GetGrain(grain, GrainInterfaceType.Create(type)));
    }

    public override void Write(Utf8JsonWriter writer, GrainReference value, JsonSerializerOptions options)
    {
        writer.WriteStartObject();
        writer.WriteString(Id, value.GrainId.ToString());
        writer.WriteString(Interface, value.InterfaceType.ToString());
        writer.WriteEndObject();
    }
}

/// <summary>References, by their interface.</summary>
internal sealed class GrainReferenceConverter(IGrainFactory? grains) : JsonConverterFactory
{
    public override bool CanConvert(Type typeToConvert) => typeToConvert.IsInterface && typeof(IAddressable).IsAssignableFrom(typeToConvert);

    public override JsonConverter CreateConverter(Type typeToConvert, JsonSerializerOptions options)
        => (JsonConverter)Activator.CreateInstance(typeof(Converter<>).MakeGenericType(typeToConvert), grains, options)!;

    private sealed class Converter<T>(IGrainFactory? grains, JsonSerializerOptions options) : JsonConverter<T>
        where T : class, IAddressable
    {
        private readonly JsonConverter<GrainId> _ids = (JsonConverter<GrainId>)options.GetConverter(typeof(GrainId));

        public override T? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            var id = _ids.Read(ref reader, typeof(GrainId), options);
            if (id.IsDefault) return null;
            return (grains ?? throw new JsonException("References to grains are made by a grain factory, and none was given.")).GetGrain<T>(id);
        }

        public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => _ids.Write(writer, value.GetGrainId(), options);
    }
}
