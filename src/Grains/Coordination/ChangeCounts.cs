using IngoDB.Model;

namespace IngoDB.Grains.Coordination;

/// <summary>The counts of a write by filter as the document that travels.</summary>
internal static class ChangeCounts
{
    public static Document Of(WhereResult result)
    {
        var fields = new DocumentBuilder().Add("matched", result.Matched).Add("modified", result.Modified).Add("conflicts", result.Conflicts).Add("refused", result.Refused);
        if (result.ErrorCode is { } code) fields.Add("errorCode", code).Add("errorMessage", result.ErrorMessage ?? "");
        return fields.Build();
    }

    public static WhereResult Read(Document document) => new(
        document["matched"].AsInt64(), document["modified"].AsInt64(), document["conflicts"].AsInt64(), document["refused"].AsInt64(),
        document["errorCode"] is { Kind: ValueKind.String } code ? code.AsString() : null, document["errorMessage"] is { Kind: ValueKind.String } message ? message.AsString() : null);

    public static WhereResult Sum(IEnumerable<WhereResult> parts) => parts.Aggregate(new WhereResult(0, 0, 0, 0), static (sum, part) => new(
        sum.Matched + part.Matched, sum.Modified + part.Modified, sum.Conflicts + part.Conflicts, sum.Refused + part.Refused, sum.ErrorCode ?? part.ErrorCode, sum.ErrorMessage ?? part.ErrorMessage));
}
