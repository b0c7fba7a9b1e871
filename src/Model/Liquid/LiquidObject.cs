// One object of a request, read strictly: it is an object, it has the keys that its node needs and no other, and each
// value has its type. Every refusal says where (a JSON pointer), what would be valid, which valid name is nearest, and
// shows a small valid example, so that a caller learns the language from its mistakes.

namespace IngoDB.Model;

/// <summary>Typed access to the keys of one object of a request.</summary>
internal readonly struct LiquidObject
{
    private readonly Document _fields;
    private readonly LiquidNode _node;

    private LiquidObject(Document fields, LiquidNode node, LiquidPointer pointer) => (_fields, _node, Pointer) = (fields, node, pointer);

    public LiquidPointer Pointer { get; }

    public Document Fields => _fields;

    /// <exception cref="InvalidRequestException">Not an object, an unknown key, or a missing one.</exception>
    public static LiquidObject Of(in Value value, LiquidNode node, LiquidPointer pointer)
    {
        if (value.Kind != ValueKind.Document) throw WrongType(pointer, $"a {node.Name} object", value.Kind, node.Example);
        var read = new LiquidObject(value.AsDocument(), node, pointer);
        foreach (var (key, _) in read._fields.Fields)
            if (!node.Keys.Contains(key)) throw read.UnknownKey(key);
        foreach (var key in node.Required)
            if (!read.Has(key)) throw read.MissingKey(key);
        return read;
    }

    public bool Has(string key) => _fields.Contains(key);

    /// <summary>Missing when the key is absent.</summary>
    public Value this[string key] => _fields[key];

    public string Text(string key, int charactersMax = int.MaxValue)
    {
        var value = this[key];
        if (value.Kind != ValueKind.String) throw WrongType(key, "a string");
        return value.AsString().Length <= charactersMax ? value.AsString() : throw OutOfRange(key, $"at most {charactersMax} characters");
    }

    public string? TextOrNull(string key, int charactersMax = LiquidLimits.TokenCharactersMax) => Has(key) ? Text(key, charactersMax) : null;

    public bool Flag(string key)
    {
        if (!Has(key)) return false;
        return this[key].Kind == ValueKind.Bool ? this[key].AsBool() : throw WrongType(key, "true or false");
    }

    public long? IntegerOrNull(string key, long min, long max)
    {
        var value = this[key];
        if (value.IsMissing) return null;
        if (!value.IsNumber || !TryGetInteger(value, out var integer)) throw WrongType(key, "an integer");
        return integer >= min && integer <= max ? integer : throw OutOfRange(key, max == long.MaxValue ? $"at least {min}" : $"from {min} to {max}");
    }

    public int? SmallOrNull(string key, int min, int max) => (int?)IntegerOrNull(key, min, max);

    /// <summary>One of the words, in the order of the enum.</summary>
    public T Choice<T>(string key, string[] names, T whenAbsent)
        where T : struct, Enum
    {
        if (!Has(key)) return whenAbsent;
        var index = Array.IndexOf(names, Text(key));
        return index >= 0 ? (T)Enum.ToObject(typeof(T), index) : throw UnknownValue(key, names);
    }

    /// <summary>The elements of an array; empty when the key is absent.</summary>
    public ReadOnlyMemory<Value> List(string key, int countMin, int countMax)
    {
        var value = this[key];
        if (value.IsMissing) return default;
        if (value.Kind != ValueKind.Array) throw WrongType(key, "an array");
        var list = value.AsArray();
        return list.Length >= countMin && list.Length <= countMax ? list : throw OutOfRange(key, $"{countMin} to {countMax} elements, not {list.Length}");
    }

    public FieldPath Path(string key, bool mayFanOut = false, bool insideAny = false) => ReadPath(this[key], Pointer.Key(key), mayFanOut, insideAny);

    public IReadOnlyList<FieldPath> Paths(string key, int countMax, bool mayFanOut = false)
    {
        var list = List(key, 0, countMax);
        var paths = new FieldPath[list.Length];
        for (var i = 0; i < paths.Length; i++) paths[i] = ReadPath(list.Span[i], Pointer.Key(key).Item(i), mayFanOut, insideAny: false);
        return paths;
    }

    public string Name(string key, bool forWriting = false) => CollectionName.Check(Text(key), forWriting, Pointer.Key(key).ToString());

    public static FieldPath ReadPath(in Value value, LiquidPointer at, bool mayFanOut, bool insideAny)
    {
        if (value.Kind != ValueKind.String) throw WrongType(at, "a path (a string)", value.Kind, "address.city");
        var path = FieldPath.Parse(value.AsString(), at.ToString());
        if (path.FansOut && !mayFanOut)
            throw new InvalidRequestException("query.bad_path", $"'{path}' fans an array out, which only hops, includes, groups and accumulators do.", at.ToString(), suggestion: path.WithoutFanOut.Text, example: LiquidNode.Any.Example);
        if (path.StartsAtElement && !insideAny)
            throw new InvalidRequestException("query.bad_path", "$ is the element inside any; here is none.", at.ToString(), example: LiquidNode.Any.Example);
        return path;
    }

    public InvalidRequestException MissingKey(string key)
        => new("query.missing_key", $"A {_node.Name} needs '{key}'.", Pointer.ToString(), suggestion: key, _node.Example);

    public InvalidRequestException WrongType(string key, string wanted) => WrongType(Pointer.Key(key), wanted, this[key].Kind, _node.Example);

    public InvalidRequestException OutOfRange(string key, string wanted)
        => new("query.out_of_range", $"'{key}' must be {wanted}.", Pointer.Key(key).ToString(), example: _node.Example);

    public InvalidRequestException UnknownValue(string key, string[] names)
        => new("query.unknown_value", $"'{key}' is one of {string.Join(", ", names)}.", Pointer.Key(key).ToString(), LiquidNearest.To(Text(key), names), _node.Example);

    public static InvalidRequestException WrongType(LiquidPointer at, string wanted, ValueKind found, string example)
        => new("query.wrong_type", $"Expected {wanted}, found {found}.", at.ToString(), example: example);

    private InvalidRequestException UnknownKey(string key)
        => new("query.unknown_key", $"A {_node.Name} has no '{(key.Length > 64 ? key[..64] : key)}'; it has {string.Join(", ", _node.Keys)}.", Pointer.Key(key).ToString(), LiquidNearest.To(key, _node.Keys), _node.Example);

    private static bool TryGetInteger(in Value number, out long integer)
    {
        integer = 0;
        if (number < Value.From(long.MinValue) || number > Value.From(long.MaxValue)) return false;
        integer = number.Kind switch
        {
            ValueKind.Int64 => number.AsInt64(),
            ValueKind.UInt64 => (long)number.AsUInt64(),
            ValueKind.Double => (long)number.AsDouble(),
            _ => (long)number.AsDecimal(),
        };
        return number == Value.From(integer);
    }
}
