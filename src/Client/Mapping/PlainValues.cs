using IngoDB.Model;

namespace IngoDB.Client.Mapping;

/// <summary>.NET constants that are values without any metadata.</summary>
internal static class PlainValues
{
    /// <summary>Null when the type has no value of its own (enums, user types: ask their metadata).</summary>
    public static Value? From(object? constant) => constant switch
    {
        null => Value.Null,
        Value value => value,
        bool value => Value.From(value),
        sbyte or byte or short or ushort or int or uint or long => Value.From(Convert.ToInt64(constant, System.Globalization.CultureInfo.InvariantCulture)),
        ulong value => value <= long.MaxValue ? Value.From((long)value) : Value.From(value),
        float value => Value.From((double)value),
        double value => Value.From(value),
        decimal value => Value.From(value),
        string value => Value.From(value),
        char value => Value.From(value.ToString()),
        Guid value => Value.From(value),
        DateTimeOffset value => Value.From(value),
        DateTime value => Value.From(Utc(value)),
        byte[] value => Value.From(value),
        ReadOnlyMemory<byte> value => Value.From(value.ToArray()),
        Document value => Value.From(value),
        DocumentId value => value.ToValue(),
        DocumentVersion value => Value.From(value.Raw),
        _ => (Value?)null,
    };

    /// <summary>A timestamp is UTC: a local time is converted, one without a zone is taken as UTC.</summary>
    public static DateTimeOffset Utc(DateTime time)
        => new(time.Kind == DateTimeKind.Local ? time.ToUniversalTime() : DateTime.SpecifyKind(time, DateTimeKind.Utc), TimeSpan.Zero);

    public static InvalidRequestException NotAValue(Type type)
        => new("query.not_a_value", $"A {type.Name} is not a value of a document.", suggestion: "bool, a number, string, byte[], Guid, DateTimeOffset, or IngoDB.Model.Value");
}
