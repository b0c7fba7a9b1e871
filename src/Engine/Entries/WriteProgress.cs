using IngoDB.Model;

namespace IngoDB.Engine.Entries;

/// <summary>How far a write by filter is in one partition.</summary>
/// <param name="Last">The last document that was decided; null before the first.</param>
internal sealed record WriteProgress(WhereResult Counts, DocumentId? Last, bool IsDone)
{
    public static WriteProgress Begin { get; } = new(new WhereResult(0, 0, 0, 0), null, IsDone: false);

    /// <summary>One more document was decided.</summary>
    public WriteProgress After(in WriteResult result) => this with
    {
        Last = result.Id,
        Counts = result.Status switch
        {
            WriteStatus.Refused => Counts with { Matched = Counts.Matched + 1, Refused = Counts.Refused + 1, ErrorCode = Counts.ErrorCode ?? result.ErrorCode, ErrorMessage = Counts.ErrorMessage ?? result.ErrorMessage },
            WriteStatus.Unchanged => Counts with { Matched = Counts.Matched + 1, Conflicts = Counts.Conflicts + 1 },
            _ => Counts with { Matched = Counts.Matched + 1, Modified = Counts.Modified + 1 },
        },
    };
}
