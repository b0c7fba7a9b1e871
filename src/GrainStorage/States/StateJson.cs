// How .NET types become documents: System.Text.Json's metadata, widened to what grain state is allowed to be (StateMembers,
// StateInheritance), in the two dialects of the client's mapper:
//
//   T ──(writing)──► {"since":{"$date":..},"owner":{"type":"player","key":{"$uuid":..}}} ──► document     kinds survive
//   T ◄──(reading)── {"since":"2026-..","owner":{"type":"player","key":"0195.."}}       ◄── document     any converter reads it
//
// Converters and naming of the user's options come first in both.

using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using IngoDB.Client.Mapping;

namespace IngoDB.GrainStorage.States;

/// <summary>The serializer options of one provider, for both directions. Immutable, thread-safe.</summary>
internal sealed class StateJson
{
    /// <param name="source">The user's; null takes camelCase, public fields included.</param>
    /// <param name="grains">Makes the references that states hold; null: they can not be read.</param>
    public StateJson(JsonSerializerOptions? source, IGrainFactory? grains)
    {
        source ??= Default;
        Writing = Derive(source, [new GrainIdConverter(), new GrainReferenceConverter(grains), new BareReferenceConverter(grains), new NamedNumbers<double>(), new NamedNumbers<float>(), .. EscapingConverters.All, new StackConverter(), new AnyValueConverter()]);
        Reading = Derive(source, [new GrainIdConverter(), new GrainReferenceConverter(grains), new BareReferenceConverter(grains), new EnumNames(), new StackConverter(), new AnyValueConverter()]);
    }

    public static JsonSerializerOptions Default { get; } = new(JsonSerializerDefaults.Web) { IncludeFields = true, NumberHandling = JsonNumberHandling.AllowReadingFromString | JsonNumberHandling.AllowNamedFloatingPointLiterals };

    /// <summary>Kinds that JSON lacks are written with escapes ($uuid, $date, ...).</summary>
    public JsonSerializerOptions Writing { get; }

    /// <summary>Reads plain JSON.</summary>
    public JsonSerializerOptions Reading { get; }

    private static JsonSerializerOptions Derive(JsonSerializerOptions source, IEnumerable<JsonConverter> converters)
    {
        var resolver = source.TypeInfoResolver ?? new DefaultJsonTypeInfoResolver();
        var derived = new JsonSerializerOptions(source)
        {
            TypeInfoResolver = resolver.WithAddedModifier(StateMembers.Widen).WithAddedModifier(StateInheritance.Name),
            AllowOutOfOrderMetadataProperties = true,
            MaxDepth = Model.RowFormat.NestingMax + 8,
        };
        foreach (var converter in converters) derived.Converters.Add(converter);
        return derived;
    }
}
