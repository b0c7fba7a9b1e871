// Which keys each node of the AST has. Reading refuses every other key; docs/liquid-ast.schema.json says the same to
// people and tools, and a test compares the two.

namespace IngoDB.Model;

/// <summary>One kind of object in a request: its keys, and a small valid one to learn from.</summary>
internal sealed record LiquidNode(string Name, string[] Required, string[] Optional, string Example)
{
    private static readonly string[] ReadingKeys = ["select", "at", "include"];

    public static readonly LiquidNode Get = new("get", ["kind", "from", "ids"], ReadingKeys, """{"kind":"get","from":"airports","ids":["AUS"]}""");

    public static readonly LiquidNode Scan = new("scan", ["kind", "from"], ["where", "sort", "limit", "skip", "cursor", "budget", .. ReadingKeys],
        """{"kind":"scan","from":"movies","where":{"op":"eq","field":"year","value":1917},"sort":[{"field":"title"}],"limit":20}""");

    public static readonly LiquidNode Aggregate = new("aggregate", ["kind", "from", "compute"], ["where", "by", "having", "sort", "limit", "cursor", "at", "budget"],
        """{"kind":"aggregate","from":"movies","by":["year"],"compute":{"n":{"fn":"count"}}}""");

    public static readonly LiquidNode Traverse = new("traverse", ["kind", "from", "hops"], ["start", "emit", "unique", "order", "select", "distinct", "limit", "cursor", "at", "budget"],
        """{"kind":"traverse","from":"airports","start":{"op":"eq","field":"code","value":"AUS"},"hops":[{"field":"code","to":{"collection":"routes","field":"from"}}]}""");

    public static readonly LiquidNode Path = new("path", ["kind", "from", "start", "goal", "hops", "depth"], ["weight", "k", "cursor", "at", "budget"],
        """{"kind":"path","from":"airports","start":{"op":"eq","field":"code","value":"AUS"},"goal":{"op":"eq","field":"code","value":"WLG"},"hops":[{"field":"code","to":{"collection":"routes","field":"from"}},{"field":"to","to":{"collection":"airports","field":"code"}}],"depth":8}""");

    public static readonly LiquidNode Insert = new("insert", ["kind", "into", "document"], [], """{"kind":"insert","into":"movies","document":{"title":"Alien"}}""");

    public static readonly LiquidNode Upsert = new("upsert", ["kind", "into", "document"], ["ifVersion", "ifMissing"], """{"kind":"upsert","into":"airports","document":{"_id":"AUS","city":"Austin"}}""");

    public static readonly LiquidNode Replace = new("replace", ["kind", "into", "document"], ["ifVersion"], """{"kind":"replace","into":"airports","document":{"_id":"AUS","city":"Austin"}}""");

    public static readonly LiquidNode Patch = new("patch", ["kind", "into", "id"], [.. LiquidNames.Patch, "steps", "ifVersion"], """{"kind":"patch","into":"airports","id":"AUS","set":{"city":"Austin"},"inc":{"runways":1}}""");

    public static readonly LiquidNode PatchStep = new("step", ["op", "field"], ["value"], """{"op":"push","field":"tags","value":"new"}""");

    public static readonly LiquidNode Delete = new("delete", ["kind", "from", "id"], ["ifVersion"], """{"kind":"delete","from":"airports","id":"AUS"}""");

    public static readonly LiquidNode Bulk = new("bulk", ["kind", "writes"], ["atomic"], """{"kind":"bulk","writes":[{"kind":"delete","from":"airports","id":"AUS"}]}""");

    public static readonly LiquidNode UpdateWhere = new("updateWhere", ["kind", "into", "where"], [.. LiquidNames.Patch, "steps", "expected", "dryRun"],
        """{"kind":"updateWhere","into":"airports","where":{"op":"eq","field":"country","value":"US"},"set":{"checked":true},"expected":2}""");

    public static readonly LiquidNode DeleteWhere = new("deleteWhere", ["kind", "from", "where"], ["expected", "dryRun"],
        """{"kind":"deleteWhere","from":"airports","where":{"op":"missing","field":"city"},"dryRun":true}""");

    public static readonly LiquidNode SortKey = new("sort key", ["field"], ["dir", "nulls"], """{"field":"year","dir":"desc"}""");

    public static readonly LiquidNode Budget = new("budget", [], ["ms", "docs", "bytes", "nodes"], """{"ms":2000,"docs":100000}""");

    public static readonly LiquidNode Accumulator = new("accumulator", ["fn"], ["field"], """{"fn":"sum","field":"price"}""");

    public static readonly LiquidNode Hop = new("hop", ["field", "to"], ["where", "prune", "min", "max", "fanout", "label"], """{"field":"code","to":{"collection":"routes","field":"from"}}""");

    public static readonly LiquidNode JoinTarget = new("join target", ["collection", "field"], [], """{"collection":"routes","field":"from"}""");

    public static readonly LiquidNode Include = new("include", ["field", "to", "as"], ["where", "select", "limit"], """{"field":"to","to":{"collection":"airports","field":"code"},"as":"airport"}""");

    public static readonly LiquidNode Compare = new("comparison", ["op", "field", "value"], [], """{"op":"eq","field":"year","value":1917}""");

    public static readonly LiquidNode Range = new("range", ["op", "field"], ["low", "high", "bounds"], """{"op":"range","field":"year","low":1970,"high":1980}""");

    public static readonly LiquidNode In = new("in", ["op", "field", "values"], [], """{"op":"in","field":"country","values":["US","CA"]}""");

    public static readonly LiquidNode Exists = new("exists", ["op", "field"], [], """{"op":"exists","field":"email"}""");

    public static readonly LiquidNode Text = new("text", ["op", "field", "value"], ["fold"], """{"op":"contains","field":"title","value":"wind","fold":true}""");

    public static readonly LiquidNode Type = new("type", ["op", "field", "value"], [], """{"op":"type","field":"price","value":"number"}""");

    public static readonly LiquidNode Size = new("size", ["op", "field"], ["low", "high"], """{"op":"size","field":"cast","low":1}""");

    public static readonly LiquidNode Any = new("any", ["op", "field", "where"], [], """{"op":"any","field":"cast","where":{"op":"eq","field":"$","value":"Harrison Ford"}}""");

    public static readonly LiquidNode Logic = new("and, or", ["op", "args"], [], """{"op":"and","args":[{"op":"gte","field":"year","value":1970},{"op":"exists","field":"cast"}]}""");

    public static readonly LiquidNode Not = new("not", ["op", "arg"], [], """{"op":"not","arg":{"op":"in","field":"genres","values":["Western"]}}""");

    public IEnumerable<string> Keys => Required.Concat(Optional);

    public static LiquidNode? OfKind(string kind) => kind switch
    {
        "get" => Get, "scan" => Scan, "aggregate" => Aggregate, "traverse" => Traverse, "path" => Path,
        "insert" => Insert, "upsert" => Upsert, "replace" => Replace, "patch" => Patch, "delete" => Delete, "bulk" => Bulk, "updateWhere" => UpdateWhere, "deleteWhere" => DeleteWhere,
        _ => null,
    };

    public static LiquidNode? OfOperator(string op) => op switch
    {
        "eq" or "ne" or "gt" or "gte" or "lt" or "lte" => Compare,
        "range" => Range,
        "in" or "nin" => In,
        "exists" or "missing" => Exists,
        "prefix" or "contains" or "matches" => Text,
        "type" => Type,
        "size" => Size,
        "any" => Any,
        "and" or "or" => Logic,
        "not" => Not,
        _ => null,
    };
}
