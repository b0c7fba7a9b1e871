namespace IngoDB.Model;

/// <summary>Building the trees of requests: what is absent is left out.</summary>
internal static class LiquidTree
{
    public static DocumentBuilder With(this DocumentBuilder node, string key, Value value) => value.IsMissing ? node : node.Add(key, value);

    public static DocumentBuilder With(this DocumentBuilder node, string key, string? text) => text is null ? node : node.Add(key, text);

    public static DocumentBuilder WithNumber(this DocumentBuilder node, string key, long? number, long? unless = null)
        => number is null || number == unless ? node : node.Add(key, number.Value);

    public static DocumentBuilder With(this DocumentBuilder node, string key, IReadOnlyList<FieldPath>? paths)
        => paths is null ? node : node.Add(key, Value.From(paths.Select(path => Value.From(path.Text)).ToArray()));

    /// <summary>An empty list is the same as none.</summary>
    public static DocumentBuilder With<T>(this DocumentBuilder node, string key, IReadOnlyList<T> items, Func<T, Value> write)
        => items.Count == 0 ? node : node.Add(key, Value.From(items.Select(write).ToArray()));
}
