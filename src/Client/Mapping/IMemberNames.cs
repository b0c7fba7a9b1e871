using System.Reflection;
using IngoDB.Model;

namespace IngoDB.Client.Mapping;

/// <summary>How .NET members and constants stand in documents; what the translation of lambdas needs to know of a type.</summary>
internal interface IMemberNames
{
    /// <summary>The field that holds the member; null when it is not part of the document.</summary>
    string? FieldOf(Type declaring, MemberInfo member);

    /// <summary>Where the member stands, when that is not simply its field in <paramref name="declaring"/>'s document; else null.</summary>
    FieldPath? PathOf(Type declaring, MemberInfo member) => null;

    /// <summary>The constant as it is stored.</summary>
    Value ValueOf(object? constant, Type type);

    /// <summary>A stored value as the type; its default when the value is missing.</summary>
    /// <exception cref="System.Text.Json.JsonException">It is of another type.</exception>
    object? FromValue(in Value value, Type type);
}
