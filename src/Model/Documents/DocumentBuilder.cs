namespace IngoDB.Model;

/// <summary>Collects fields in order and refuses a name that is already there. One thread; <see cref="Build"/> once.</summary>
public sealed class DocumentBuilder(int capacity = 8)
{
    private readonly List<KeyValuePair<string, Value>> _fields = new(capacity);
    private HashSet<string>? _names;

    public int Count => _fields.Count;

    /// <exception cref="InvalidRequestException"><c>document.duplicate_field</c> or <c>document.missing_value</c>.</exception>
    public DocumentBuilder Add(string name, Value value)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (value.IsMissing)
            throw new InvalidRequestException("document.missing_value", $"Field '{name}' has no value; leave it out, or set it to null.", suggestion: "Value.Null");
        if (IsTaken(name))
            throw new InvalidRequestException("document.duplicate_field", $"Field '{name}' is given twice; a document has each name once.", suggestion: "Keep one of them, or make it an array");
        _fields.Add(new(name, value));
        return this;
    }

    public Document Build() => Document.FromOwned([.. _fields]);

    private bool IsTaken(string name)
    {
        const int linearMax = 16;
        if (_fields.Count < linearMax)
        {
            foreach (var field in _fields)
                if (field.Key == name) return true;
            return false;
        }

        _names ??= _fields.Select(f => f.Key).ToHashSet(StringComparer.Ordinal);
        return !_names.Add(name);
    }
}
