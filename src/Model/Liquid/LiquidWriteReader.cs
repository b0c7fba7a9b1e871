// From the tree of a request to writes. A patch comes in one of two forms: keyed by operator, which is pleasant to
// write ({"set":{"a":1},"inc":{"b":2}}), or as a list of steps, which can say everything ({"steps":[...]}: two pushes to
// one array). Both apply in the order given.

using System.Globalization;

namespace IngoDB.Model;

/// <summary>Reads insert, upsert, replace, patch, delete, bulk, and writes by filter.</summary>
internal static class LiquidWriteReader
{
    public static Write Read(string kind, LiquidObject node, LiquidFilterReader filters) => kind switch
    {
        "bulk" => ReadBulk(node),
        "updateWhere" => ReadWhere(node, filters, new UpdateWhereWrite { Into = node.Name("into", forWriting: true), Where = Filter.All, Steps = ReadPatch(node) }),
        "deleteWhere" => ReadWhere(node, filters, new DeleteWhereWrite { Into = node.Name("from", forWriting: true), Where = Filter.All }),
        _ => ReadDocumentWrite(kind, node),
    };

    public static DocumentId ReadId(in Value value, LiquidPointer at)
    {
        try
        {
            return DocumentId.FromValue(value);
        }
        catch (InvalidRequestException error)
        {
            throw JsonPointer.Beneath(at, error);
        }
    }

    public static PatchStep[] ReadSteps(LiquidObject node)
    {
        var list = node.List("steps", 1, RowFormat.FieldsMax);
        var steps = new PatchStep[list.Length];
        for (var i = 0; i < steps.Length; i++)
        {
            var step = LiquidObject.Of(list.Span[i], LiquidNode.PatchStep, node.Pointer.Key("steps").Item(i));
            var patch = step.Choice("op", LiquidNames.Patch, PatchOperator.Set);
            if (patch != PatchOperator.Unset && !step.Has("value")) throw step.MissingKey("value");
            steps[i] = Checked(new(patch, step.Path("field"), patch == PatchOperator.Unset ? Value.Missing : step["value"]), step.Pointer);
        }

        return steps;
    }

    private static DocumentWrite ReadDocumentWrite(string kind, LiquidObject node) => ReadDocumentWrite(kind, node, out _);

    /// <param name="bytes">Of its document.</param>
    private static DocumentWrite ReadDocumentWrite(string kind, LiquidObject node, out int bytes)
    {
        bytes = 0;
        var into = node.Name(kind == "delete" ? "from" : "into", forWriting: true);
        var ifVersion = ReadVersion(node);
        if (kind == "delete") return new DeleteWrite { Into = into, Id = ReadId(node["id"], node.Pointer.Key("id")), IfVersion = ifVersion };
        if (kind == "patch") return new PatchWrite { Into = into, Id = ReadId(node["id"], node.Pointer.Key("id")), Steps = ReadPatch(node), IfVersion = ifVersion };
        var (id, document) = ReadDocument(node, out bytes);
        return kind switch
        {
            "insert" => new InsertWrite { Into = into, Id = id, Document = document },
            "upsert" => ReadUpsert(node, new() { Into = into, Id = id, Document = document, IfVersion = ifVersion, IfMissing = node.Flag("ifMissing") }),
            _ => new ReplaceWrite { Into = into, Id = id ?? throw MissingId(node), Document = document, IfVersion = ifVersion },
        };
    }

    private static WhereWrite ReadWhere(LiquidObject node, LiquidFilterReader filters, WhereWrite write) => write with
    {
        Where = filters.Read(node["where"], node.Pointer.Key("where")),
        Expected = node.IntegerOrNull("expected", 0, long.MaxValue),
        DryRun = node.Flag("dryRun"),
    };

    private static UpsertWrite ReadUpsert(LiquidObject node, UpsertWrite upsert)
        => upsert is { IfMissing: true, IfVersion: not null }
            ? throw new InvalidRequestException("query.conflicting_keys", "ifMissing wants no document and ifVersion wants one; give one of them.", node.Pointer.Key("ifMissing").ToString(), suggestion: "ifMissing to write only what is not there yet, ifVersion to replace only what was read", example: LiquidNode.Upsert.Example)
            : upsert;

    private static BulkWrite ReadBulk(LiquidObject node)
    {
        var list = node.List("writes", 1, LiquidLimits.BulkWritesMax);
        var writes = new DocumentWrite[list.Length];
        var (isAtomic, bytes) = (node.Flag("atomic"), 0L);
        for (var i = 0; i < writes.Length; i++)
        {
            var at = node.Pointer.Key("writes").Item(i);
            var kind = LiquidReader.KindOf(list.Span[i], at);
            if (kind is not ("insert" or "upsert" or "replace" or "patch" or "delete"))
                throw new InvalidRequestException("query.unknown_kind", $"bulk holds document writes, not a {kind}.", at.Key("kind").ToString(), suggestion: "insert, upsert, replace, patch or delete", LiquidNode.Bulk.Example);
            writes[i] = ReadDocumentWrite(kind, LiquidObject.Of(list.Span[i], LiquidNode.OfKind(kind)!, at), out var documentBytes);
            bytes += documentBytes;
            if (isAtomic && bytes > LiquidLimits.AtomicBytesMax)
                throw new InvalidRequestException("batch.too_large", $"The documents of an atomic bulk have at most {LiquidLimits.AtomicBytesMax} bytes together.", at.ToString(), suggestion: "Several bulks, or one that is not atomic", LiquidNode.Bulk.Example);
        }

        return new() { Writes = writes, Atomic = isAtomic };
    }

    private static (DocumentId? Id, Document Fields) ReadDocument(LiquidObject node, out int bytes)
    {
        if (node["document"].Kind != ValueKind.Document) throw node.WrongType("document", "an object");
        try
        {
            var (id, fields) = ReservedFields.TakeId(node["document"].AsDocument());
            bytes = RowWriter.Check(fields);
            if (fields[FieldNames.Expires].Kind is not (ValueKind.Missing or ValueKind.Null or ValueKind.Timestamp))
                throw new InvalidRequestException("document.bad_expires", $"_expires is a timestamp, not {fields[FieldNames.Expires].Kind}.", "/" + FieldNames.Expires, suggestion: "{\"$date\":\"2030-01-01T00:00:00Z\"}");
            return (id, fields);
        }
        catch (InvalidRequestException error)
        {
            throw JsonPointer.Beneath(node.Pointer.Key("document"), error);
        }
    }

    private static DocumentVersion? ReadVersion(LiquidObject node)
    {
        if (!node.Has("ifVersion")) return null;
        if (node["ifVersion"].Kind != ValueKind.String) return new((ulong)node.IntegerOrNull("ifVersion", 1, long.MaxValue)!.Value);
        return ulong.TryParse(node.Text("ifVersion"), NumberStyles.None, CultureInfo.InvariantCulture, out var version) && version > 0
            ? new(version)
            : throw node.OutOfRange("ifVersion", "a _version as it was read, e.g. \"7421331906560000\"");
    }

    private static PatchStep[] ReadPatch(LiquidObject node)
    {
        var byOperator = node.Fields.Fields.ToArray().Where(field => LiquidNames.Patch.Contains(field.Key)).ToArray();
        if (node.Has("steps"))
            return byOperator.Length == 0 ? ReadSteps(node) : throw new InvalidRequestException("query.conflicting_keys", "A patch is either steps or keyed by operator.", node.Pointer.Key("steps").ToString(), example: LiquidNode.Patch.Example);
        var steps = byOperator.SelectMany(field => ReadStepsOf((PatchOperator)Array.IndexOf(LiquidNames.Patch, field.Key), field.Value, node, node.Pointer.Key(field.Key))).ToArray();
        return steps.Length > 0 ? steps : throw node.MissingKey("set");
    }

    private static IEnumerable<PatchStep> ReadStepsOf(PatchOperator patch, Value value, LiquidObject node, LiquidPointer at)
    {
        if (patch == PatchOperator.Unset)
            return node.Paths("unset", RowFormat.FieldsMax).Select((path, i) => Checked(new(patch, path, Value.Missing), at.Item(i)));
        if (value.Kind != ValueKind.Document) throw LiquidObject.WrongType(at, "an object of paths and values", value.Kind, LiquidNode.Patch.Example);
        return value.AsDocument().Fields.ToArray().Select(field => Checked(new(patch, FieldPath.Parse(field.Key, at.Key(field.Key).ToString()), field.Value), at.Key(field.Key)));
    }

    private static PatchStep Checked(PatchStep step, LiquidPointer at)
    {
        try
        {
            PatchApplier.Check(step);
            return step;
        }
        catch (InvalidRequestException error)
        {
            throw JsonPointer.Beneath(at, error);
        }
    }

    private static InvalidRequestException MissingId(LiquidObject node)
        => new("query.missing_key", "A replace needs the document's '_id'.", node.Pointer.Key("document").ToString(), suggestion: FieldNames.Id, LiquidNode.Replace.Example);
}
