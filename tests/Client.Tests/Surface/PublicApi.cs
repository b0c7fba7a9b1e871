// The public surface of the client as text, a member a line, sorted: what a reviewer reads as a diff and what a user of the
// client may depend on. It is C# as one would write it, less what does not bind anybody (bodies, attributes, parameter defaults).

using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;

namespace IngoDB.Client.Tests.Surface;

/// <summary>Public types and members of an assembly, as lines.</summary>
internal static class PublicApi
{
    private const BindingFlags Declared = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private static readonly Dictionary<Type, string> s_keywords = new()
    {
        [typeof(void)] = "void", [typeof(bool)] = "bool", [typeof(byte)] = "byte", [typeof(int)] = "int", [typeof(long)] = "long", [typeof(ulong)] = "ulong", [typeof(uint)] = "uint",
        [typeof(double)] = "double", [typeof(decimal)] = "decimal", [typeof(string)] = "string", [typeof(object)] = "object", [typeof(char)] = "char", [typeof(float)] = "float", [typeof(short)] = "short",
    };

    public static IReadOnlyList<string> Of(Assembly assembly)
    {
        var lines = new List<string>();
        foreach (var type in assembly.GetExportedTypes())
        {
            lines.Add($"{NameOf(type)} : {KindOf(type)}");
            foreach (var member in type.GetMembers(Declared))
                if (Line(type, member) is { } line) lines.Add($"{NameOf(type)}.{line}");
        }

        lines.Sort(StringComparer.Ordinal);
        return [.. lines.Distinct()];
    }

    private static string? Line(Type type, MemberInfo member) => member switch
    {
        _ when member.IsDefined(typeof(CompilerGeneratedAttribute)) && member is not PropertyInfo => null,
        FieldInfo field when IsVisible(field.IsPublic, field.IsFamily) && !field.IsSpecialName => type.IsEnum ? $"{field.Name} = {Convert.ToInt64(field.GetRawConstantValue(), System.Globalization.CultureInfo.InvariantCulture)}" : $"{field.Name} : {(field.IsLiteral ? "const " : field.IsInitOnly ? "readonly " : "")}{NameOf(field.FieldType)}",
        PropertyInfo property when Accessors(property) is { Length: > 0 } accessors => $"{(property.GetIndexParameters() is { Length: > 0 } keys ? $"this[{Parameters(keys)}]" : property.Name)} : {NameOf(property.PropertyType)} {{ {accessors} }}",
        EventInfo { AddMethod: { IsPublic: true } } happening => $"{happening.Name} : event {NameOf(happening.EventHandlerType!)}",
        ConstructorInfo { IsStatic: false } made when IsVisible(made.IsPublic, made.IsFamily) => $"new({Parameters(made.GetParameters())})",
        MethodInfo method when IsVisible(method.IsPublic, method.IsFamily) && (!method.IsSpecialName || method.Name.StartsWith("op_", StringComparison.Ordinal)) && !IsOfObject(method)
            => $"{method.Name}{Arguments(method.IsGenericMethod ? method.GetGenericArguments() : [])}({Parameters(method.GetParameters())}) : {NameOf(method.ReturnType)}",
        _ => null,
    };

    private static bool IsVisible(bool isPublic, bool isFamily) => isPublic || isFamily;

    private static bool IsOfObject(MethodInfo method) => method.Name is "ToString" or "Equals" or "GetHashCode" or "PrintMembers" or "Deconstruct" or "GetType" || method.Name.StartsWith('<');

    private static string Accessors(PropertyInfo property)
    {
        var text = new StringBuilder();
        if (property.GetMethod is { } get && IsVisible(get.IsPublic, get.IsFamily)) text.Append("get; ");
        if (property.SetMethod is { } set && IsVisible(set.IsPublic, set.IsFamily)) text.Append(set.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit)) ? "init; " : "set; ");
        return text.ToString().TrimEnd();
    }

    private static string KindOf(Type type)
    {
        if (type.IsEnum) return "enum";
        if (type.IsInterface) return "interface";
        if (type.IsValueType) return "struct";
        return type is { IsAbstract: true, IsSealed: true } ? "static class" : type.IsSealed ? "sealed class" : type.IsAbstract ? "abstract class" : "class";
    }

    private static string Parameters(ParameterInfo[] parameters) => string.Join(", ", parameters.Select(parameter => $"{(parameter.IsOut ? "out " : parameter.IsIn ? "in " : parameter.ParameterType.IsByRef ? "ref " : "")}{NameOf(parameter.ParameterType.IsByRef ? parameter.ParameterType.GetElementType()! : parameter.ParameterType)} {parameter.Name}{(parameter.HasDefaultValue ? "?" : "")}"));

    private static string Arguments(Type[] arguments) => arguments.Length == 0 ? "" : $"<{string.Join(", ", arguments.Select(NameOf))}>";

    private static string NameOf(Type type)
    {
        if (s_keywords.TryGetValue(type, out var keyword)) return keyword;
        if (type.IsGenericParameter) return type.Name;
        if (type.IsArray) return $"{NameOf(type.GetElementType()!)}[]";
        if (Nullable.GetUnderlyingType(type) is { } value) return $"{NameOf(value)}?";
        var name = type.IsNested ? $"{NameOf(type.DeclaringType!)}.{type.Name}" : type.Namespace?.StartsWith("IngoDB", StringComparison.Ordinal) == true ? $"{type.Namespace}.{type.Name}" : type.Name;
        var tick = name.IndexOf('`', StringComparison.Ordinal);
        return tick < 0 ? name : $"{name[..tick]}{Arguments(type.GetGenericArguments())}";
    }
}
