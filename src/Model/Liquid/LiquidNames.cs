// The words of the AST. Each list stands in the order of its enum, so that a word and its value are one index apart.

namespace IngoDB.Model;

/// <summary>The names of the AST's enumerations in JSON and binary.</summary>
internal static class LiquidNames
{
    public static readonly string[] Compare = ["eq", "ne", "gt", "gte", "lt", "lte"];
    public static readonly string[] Bounds = ["[)", "[]", "()", "(]"];
    public static readonly string[] Text = ["prefix", "contains", "matches"];
    public static readonly string[] Types = ["null", "bool", "number", "string", "bytes", "uuid", "date", "array", "object"];
    public static readonly string[] Nulls = ["first", "last"];
    public static readonly string[] Directions = ["asc", "desc"];
    public static readonly string[] Emit = ["nodes", "edges", "paths", "leaves"];
    public static readonly string[] Unique = ["global", "path", "none"];
    public static readonly string[] Order = ["bfs", "dfs"];
    public static readonly string[] Functions = ["count", "sum", "avg", "min", "max", "distinct", "first"];
    public static readonly string[] Patch = ["set", "unset", "inc", "push", "pull", "min", "max", "rename"];

    /// <summary>Every word that can stand at <c>op</c>.</summary>
    public static readonly string[] Operators = [.. Compare, "range", "in", "nin", "exists", "missing", .. Text, "type", "size", "any", "and", "or", "not"];

    public static readonly string[] Kinds = ["get", "scan", "aggregate", "traverse", "path", "insert", "upsert", "replace", "patch", "delete", "bulk", "updateWhere", "deleteWhere"];
}
