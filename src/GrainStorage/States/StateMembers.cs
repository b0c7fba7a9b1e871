// What Orleans' own serializers take, System.Text.Json alone does not: properties with private setters, private members that carry
// an [Id], types without a public constructor. They are added to the type's metadata here, once per type, so that a state that
// other providers stored is stored by this one, too.

using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace IngoDB.GrainStorage.States;

/// <summary>Widens the metadata of a type to everything that is state.</summary>
internal static class StateMembers
{
    private const BindingFlags Members = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.DeclaredOnly;

    public static void Widen(JsonTypeInfo info)
    {
        if (info.Kind != JsonTypeInfoKind.Object) return;
        AddMembersWithIds(info);
        foreach (var property in info.Properties)
            if (property is { Set: null, AssociatedParameter: null, AttributeProvider: PropertyInfo own }) property.Set = SetterOf(own);
        if (!CanBeMade(info)) info.CreateObject = () => Make(info.Type);
    }

    /// <summary>Fields and properties that are not public, but numbered for serialization. What a public property shows already is not stored twice.</summary>
    private static void AddMembersWithIds(JsonTypeInfo info)
    {
        var names = info.Properties.Select(property => property.Name).ToHashSet(info.Options.PropertyNameCaseInsensitive ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal);
        for (var type = info.Type; type is not null && type != typeof(object); type = type.BaseType)
        {
            foreach (var member in type.GetMembers(Members))
            {
                if (!member.IsDefined(typeof(IdAttribute)) || info.Properties.Any(property => property.AttributeProvider is MemberInfo known && known.HasSameMetadataDefinitionAs(member))) continue;
                if (member.IsDefined(typeof(JsonIgnoreAttribute)) || member.IsDefined(typeof(NonSerializedAttribute))) continue;
                var name = info.Options.PropertyNamingPolicy?.ConvertName(member.Name) ?? member.Name;
                if (!names.Add(name) && !names.Add(name = $"{type.Name}.{member.Name}")) continue;
                if (PropertyOf(info, member, name) is { } added) info.Properties.Add(added);
            }
        }
    }

    private static JsonPropertyInfo? PropertyOf(JsonTypeInfo info, MemberInfo member, string name)
    {
        switch (member)
        {
            case FieldInfo field:
                var ofField = info.CreateJsonPropertyInfo(field.FieldType, name);
                (ofField.Get, ofField.Set, ofField.AttributeProvider) = (field.GetValue, field.SetValue, field);
                return ofField;
            case PropertyInfo { GetMethod: not null } property:
                var ofProperty = info.CreateJsonPropertyInfo(property.PropertyType, name);
                (ofProperty.Get, ofProperty.Set, ofProperty.AttributeProvider) = (property.GetValue, SetterOf(property), property);
                return ofProperty;
            default:
                return null;
        }
    }

    /// <summary>Its own setter, or the field behind it; null when it is computed, and then it is only written.</summary>
    private static Action<object, object?>? SetterOf(PropertyInfo property)
    {
        if (property.GetIndexParameters().Length > 0) return null;
        if (property.SetMethod is not null) return property.SetValue;
        var declaring = property.DeclaringType!;
        return declaring.GetField($"<{property.Name}>k__BackingField", BindingFlags.NonPublic | BindingFlags.Instance) is { } behind ? behind.SetValue : null;
    }

    /// <summary>By a parameterless constructor, or by one whose parameters are all members.</summary>
    private static bool CanBeMade(JsonTypeInfo info)
    {
        if (info.CreateObject is not null || info.Type.IsAbstract || info.Type.IsInterface) return true;
        var parameters = info.Type.GetConstructors() is [var only] ? only.GetParameters() : [];
        var marked = info.Type.GetConstructors(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance).FirstOrDefault(c => c.IsDefined(typeof(JsonConstructorAttribute)));
        if (marked is not null) parameters = marked.GetParameters();
        return parameters.Length > 0 && Array.TrueForAll(parameters, p => info.Properties.Any(property => property.AttributeProvider is MemberInfo member && string.Equals(member.Name, p.Name, StringComparison.OrdinalIgnoreCase)));
    }

    /// <summary>As Orleans' serializer does it: without a constructor to call, none is called.</summary>
    private static object Make(Type type)
        => type.GetConstructor(BindingFlags.NonPublic | BindingFlags.Public | BindingFlags.Instance, []) is { } constructor ? constructor.Invoke(null) : RuntimeHelpers.GetUninitializedObject(type);
}
