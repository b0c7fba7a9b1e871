using IngoDB.Model;

namespace IngoDB.Cli.Commands;

/// <summary>What a write did, as fields to print.</summary>
internal static class WriteResultText
{
    public static Document Fields(WhereResult result)
    {
        var fields = new DocumentBuilder().Add("matched", result.Matched).Add("modified", result.Modified).Add("conflicts", result.Conflicts).Add("refused", result.Refused);
        if (result.ErrorCode is { } code) fields.Add("code", code).Add("message", result.ErrorMessage ?? "");
        return fields.Build();
    }

    public static Document Fields(in WriteResult result)
    {
        var fields = new DocumentBuilder().Add("status", result.Status switch
        {
            WriteStatus.Inserted => "inserted",
            WriteStatus.Replaced => "replaced",
            WriteStatus.Deleted => "deleted",
            WriteStatus.NotFound => "notFound",
            WriteStatus.Unchanged => "unchanged",
            _ => "refused",
        });
        if (result.ErrorCode is { } code) fields.Add("code", code);
        if (result.ErrorMessage is { } message) fields.Add("message", message);
        return fields.Build();
    }
}
