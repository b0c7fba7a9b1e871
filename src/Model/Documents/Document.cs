// A document is a map from field name to value that keeps the order in which its fields were given. Names are
// unique. It is immutable: With returns another one. Small documents (the rule) are searched linearly, since a
// dozen string comparisons cost less than building a dictionary.
//
// Equality is that of the total order: the same fields with equal values, in whatever order they were given.

using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace IngoDB.Model;

/// <summary>An immutable map of field names to values, in the order given.</summary>
public sealed class Document : IReadOnlyCollection<KeyValuePair<string, Value>>, IEquatable<Document>
{
    private const int LinearSearchFieldsMax = 16;

    private readonly KeyValuePair<string, Value>[] _fields;
    private Dictionary<string, int>? _ordinals;

    private Document(KeyValuePair<string, Value>[] fields) => _fields = fields;

    public static Document Empty { get; } = new([]);

    /// <summary>For collection initialisers and literals: <c>Document.Of(("title", "Alien"), ("year", 1979))</c>.</summary>
    /// <exception cref="InvalidRequestException"><c>document.duplicate_field</c>, or a Missing value.</exception>
    public static Document Of(params ReadOnlySpan<(string Name, Value Value)> fields)
    {
        var builder = new DocumentBuilder(fields.Length);
        foreach (var (name, value) in fields) builder.Add(name, value);
        return builder.Build();
    }

    /// <summary>Takes the array as it is; names must already be known to be unique.</summary>
    internal static Document FromOwned(KeyValuePair<string, Value>[] fields) => fields.Length == 0 ? Empty : new(fields);

    public int Count => _fields.Length;

    public ReadOnlySpan<KeyValuePair<string, Value>> Fields => _fields;

    /// <summary>The value of a top-level field, Missing when it is not there.</summary>
    public Value this[string name] => OrdinalOf(name) is >= 0 and var ordinal ? _fields[ordinal].Value : Value.Missing;

    public bool Contains(string name) => OrdinalOf(name) >= 0;

    /// <summary>This document with the field set (in place when it exists, else at the end).</summary>
    public Document With(string name, Value value)
    {
        if (value.IsMissing) return Without(name);
        var ordinal = OrdinalOf(name);
        if (ordinal < 0) return new([.. _fields, new(name, value)]);
        var fields = (KeyValuePair<string, Value>[])_fields.Clone();
        fields[ordinal] = new(name, value);
        return new(fields);
    }

    public Document Without(string name)
        => OrdinalOf(name) is >= 0 and var ordinal ? FromOwned([.. _fields[..ordinal], .. _fields[(ordinal + 1)..]]) : this;

    /// <summary>The position of a field, -1 when it is not there.</summary>
    public int OrdinalOf(string name)
    {
        if (_fields.Length <= LinearSearchFieldsMax)
        {
            for (var i = 0; i < _fields.Length; i++)
                if (_fields[i].Key == name) return i;
            return -1;
        }

        return (_ordinals ??= IndexFields()).TryGetValue(name, out var ordinal) ? ordinal : -1;
    }

    public bool Equals([NotNullWhen(true)] Document? other) => other is not null && ValueOrder.Compare(Value.From(this), Value.From(other)) == 0;

    public override bool Equals(object? obj) => Equals(obj as Document);

    public override int GetHashCode() => ValueOrder.Hash(Value.From(this));

    /// <summary>As JSON; for people and messages.</summary>
    public override string ToString() => DocumentJson.ToJson(this);

    public IEnumerator<KeyValuePair<string, Value>> GetEnumerator() => ((IEnumerable<KeyValuePair<string, Value>>)_fields).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private Dictionary<string, int> IndexFields()
    {
        var ordinals = new Dictionary<string, int>(_fields.Length, StringComparer.Ordinal);
        for (var i = 0; i < _fields.Length; i++) ordinals[_fields[i].Key] = i;
        return ordinals;
    }
}
