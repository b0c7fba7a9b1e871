// Between the JSON that the serializer makes of a state and the row that is stored. JSON goes straight into a row when its names are those
// of the state before (TryFromJson); otherwise by way of a document. A test holds one to the other.

using System.Buffers;
using System.Text.Json;
using IngoDB.Client.Mapping;
using IngoDB.Model;

namespace IngoDB.GrainStorage.States;

/// <summary>JSON and documents as rows of states, and back.</summary>
internal static class StateRows
{
    [ThreadStatic]
    private static DocWriter? t_writer;

    public static StateRow Of(Document document)
    {
        var row = new ArrayBufferWriter<byte>(512);
        RowWriter.Write(document, row);
        return new(Shape.Of(document), row.WrittenMemory);
    }

    /// <summary>What is ours first, then the fields.</summary>
    public static StateRow Of(Document head, Document fields)
    {
        var document = new DocumentBuilder(head.Count + fields.Count);
        foreach (var (name, value) in head.Fields) document.Add(name, value);
        foreach (var (name, value) in fields.Fields) document.Add(name, value);
        return Of(document.Build());
    }

    public static Value ValueOf(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        return DocumentJson.ReadValue(ref reader);
    }

    /// <summary>The row of a JSON object whose names are those of the shape (behind those of the head), in its order; false when they are not.</summary>
    public static bool TryFromJson(Shape shape, Document head, ReadOnlySpan<byte> json, out StateRow row)
    {
        row = default;
        var reader = new Utf8JsonReader(json);
        reader.Read();
        var names = shape.Names;
        var writer = (t_writer ??= new()).Begin(shape);
        foreach (var (_, value) in head.Fields) writer.Write(value);
        for (var i = head.Count; i < names.Length; i++)
        {
            if (!reader.Read() || reader.TokenType != JsonTokenType.PropertyName || !reader.ValueTextEquals(names[i])) return false;
            reader.Read();
            Write(writer, ref reader);
        }

        if (!reader.Read() || reader.TokenType != JsonTokenType.EndObject) return false;
        row = new(shape, writer.Row.ToArray());
        return true;
    }

    /// <summary>The state's own fields; of one that stands whole in a field, that field.</summary>
    public static Document WithoutOurs(Document fields) => fields.Without(StateLayout.Grain).Without(FieldNames.Expires);

    /// <summary>Other fields for the same grain.</summary>
    public static Document WithOurs(Document fields, Document state)
    {
        var document = new DocumentBuilder(state.Count + 2).Add(StateLayout.Grain, fields[StateLayout.Grain]);
        if (fields[FieldNames.Expires] is { IsMissing: false } expires) document.Add(FieldNames.Expires, expires);
        foreach (var (name, value) in state.Fields) document.Add(name, value);
        return document.Build();
    }

    /// <summary>Everything but what is ours, as plain JSON.</summary>
    public static void WriteFields(Utf8JsonWriter writer, Document fields)
    {
        writer.WriteStartObject();
        foreach (var (name, value) in fields.Fields)
        {
            if (StateLayout.IsTaken(name)) continue;
            writer.WritePropertyName(name);
            PlainJson.Write(writer, value);
        }

        writer.WriteEndObject();
    }

    private static void Write(DocWriter writer, ref Utf8JsonReader reader)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.Null: writer.WriteNull(); break;
            case JsonTokenType.True: writer.Write(true); break;
            case JsonTokenType.False: writer.Write(false); break;
            case JsonTokenType.String when !reader.ValueIsEscaped: writer.Write(reader.ValueSpan); break;
            case JsonTokenType.Number when reader.TryGetInt64(out var number): writer.Write(number); break;
            default: writer.Write(DocumentJson.ReadValue(ref reader)); break;
        }
    }
}
