using System.Linq.Expressions;
using IngoDB.Client.Expressions;
using IngoDB.Client.Mapping;
using IngoDB.GrainStorage.States;
using IngoDB.Model;
using Orleans.Runtime;

namespace IngoDB.GrainStorage.Queries;

/// <summary>Which field of a state joins with which of the grain that a member refers to.</summary>
internal static class ReferencePaths
{
    /// <summary>A key, or the key in a reference, is the _id there: a point read. Of many references each, as a whole, is what stands there under grain, since a path ends where it fans out.</summary>
    public static (FieldPath From, FieldPath To) Of(LambdaExpression reference, IMemberNames names)
    {
        var path = FilterTranslator.PathOf(reference, names);
        var type = FilterTranslator.Unwrap(reference.Body).Type;
        if (IsReference(type)) return (FieldPath.Parse($"{path.Text}.{StateLayout.Key}"), FieldNames.Id);
        return (path, ElementOf(type) is { } element && IsReference(element) ? StateLayout.Grain : FieldNames.Id);
    }

    private static bool IsReference(Type type) => (Nullable.GetUnderlyingType(type) ?? type) == typeof(GrainId) || typeof(IAddressable).IsAssignableFrom(type);

    private static Type? ElementOf(Type type)
        => type == typeof(string) ? null : type.GetInterfaces().Append(type).FirstOrDefault(one => one.IsGenericType && one.GetGenericTypeDefinition() == typeof(IEnumerable<>))?.GetGenericArguments()[0];
}
