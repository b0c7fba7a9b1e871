// JSON has no uuids and no timestamps, and people and agents send plain strings for both. So a String operand that is
// compared with a Uuid or a Timestamp is read as one. It depends on the value that is found, not on the operand: the
// same "2024-01-01" is a string beside strings and a time beside times. What does not parse simply does not match.
//
// A planner that turns an operand into key ranges must ask for all its readings: Readings gives them.

namespace IngoDB.Model;

/// <summary>A plain string compared with a uuid or timestamp field is coerced; nothing else is.</summary>
public static class OperandCoercion
{
    /// <summary>The operand as it is compared with a value of that kind: itself, unless it is a String that reads as the kind.</summary>
    public static Value For(in Value operand, ValueKind fieldKind)
    {
        if (operand.Kind != ValueKind.String) return operand;
        return fieldKind switch
        {
            ValueKind.Uuid when ValueText.TryParseUuid(operand.AsString(), out var uuid) => Value.From(uuid),
            ValueKind.Timestamp when ValueText.TryParseTimestamp(operand.AsString(), out var time) => Value.From(time),
            _ => operand,
        };
    }

    /// <summary>Every value that the operand can stand for: itself first, then as a Uuid or a Timestamp if it reads as one.</summary>
    public static IReadOnlyList<Value> Readings(in Value operand)
    {
        var uuid = For(operand, ValueKind.Uuid);
        var time = For(operand, ValueKind.Timestamp);
        if (uuid.Kind != operand.Kind) return [operand, uuid];
        return time.Kind != operand.Kind ? [operand, time] : [operand];
    }
}
