// A member may hold something more derived than it says. System.Text.Json would leave out what is derived, without a word; so every
// class that has derived ones gets a discriminator, $type, with the [Alias] of the derived class or else its full name. Derived
// classes are looked for in the assembly of the base and in those that are loaded and refer to it.

using System.Collections.Concurrent;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace IngoDB.GrainStorage.States;

/// <summary>Finds derived classes and gives them names.</summary>
internal static class StateInheritance
{
    public const string Discriminator = "$type";

    private static readonly ConcurrentDictionary<Type, JsonDerivedType[]> s_derived = new();

    public static void Name(JsonTypeInfo info)
    {
        if (info.Kind != JsonTypeInfoKind.Object || info.PolymorphismOptions is not null || info.Type.IsSealed || info.Type == typeof(object)) return;
        var derived = s_derived.GetOrAdd(info.Type, static type => [.. DerivedOf(type)]);
        if (derived.Length == 0) return;
        info.PolymorphismOptions = new() { TypeDiscriminatorPropertyName = Discriminator, UnknownDerivedTypeHandling = JsonUnknownDerivedTypeHandling.FailSerialization };
        foreach (var one in derived) info.PolymorphismOptions.DerivedTypes.Add(one);
    }

    private static IEnumerable<JsonDerivedType> DerivedOf(Type type)
    {
        if (type.Assembly == typeof(object).Assembly) yield break;
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var candidate in AppDomain.CurrentDomain.GetAssemblies().Where(assembly => MayKnow(assembly, type.Assembly)).SelectMany(TypesOf))
        {
            if (candidate == type || candidate.IsAbstract || candidate.IsInterface || candidate.ContainsGenericParameters || !type.IsAssignableFrom(candidate)) continue;
            if (candidate.IsDefined(typeof(CompilerGeneratedAttribute))) continue;
            var name = candidate.GetCustomAttribute<AliasAttribute>(inherit: false)?.Alias ?? candidate.FullName!;
            if (names.Add(name)) yield return new(candidate, name);
        }
    }

    private static bool MayKnow(Assembly assembly, Assembly wanted)
        => assembly == wanted || (!assembly.IsDynamic && assembly.GetReferencedAssemblies().Any(name => name.Name == wanted.GetName().Name));

    private static IEnumerable<Type> TypesOf(Assembly assembly)
    {
        try
        {
            return assembly.GetTypes();
        }
        catch (ReflectionTypeLoadException e)
        {
            // Some of its types need an assembly that is not there; the others can be states all the same.
            return e.Types.OfType<Type>();
        }
    }
}
