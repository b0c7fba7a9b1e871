// A query is printed page by page, but what the pages say besides documents (warnings, missing partitions, a budget)
// must be said once, at the end, where it is not scrolled away.

using IngoDB.Cli.Output;
using IngoDB.Client.Queries;
using IngoDB.Model;

namespace IngoDB.Cli.Commands;

/// <summary>What the pages of a query say besides documents.</summary>
internal sealed class QueryOutcome
{
    private readonly SortedSet<int> _missing = [];
    private readonly HashSet<string> _warnings = [];
    private string? _stoppedBy;
    private string? _cursor;

    public Document? Value { get; private set; }

    public long Examined { get; private set; }

    public int Pages { get; private set; }

    public bool IsPartial => _missing.Count > 0 || _stoppedBy is not null;

    public void Add(QueryResult<StoredDocument> page)
    {
        Pages++;
        Examined += page.DocumentsExamined;
        Value ??= page.Value;
        _missing.UnionWith(page.MissingPartitions);
        _warnings.UnionWith(page.Warnings);
        (_stoppedBy, _cursor) = (page.StoppedBy, page.Cursor);
    }

    public void Report(Terminal terminal)
    {
        foreach (var warning in _warnings) terminal.Say($"warning: {warning}");
        if (_missing.Count > 0) terminal.Say($"partial: partitions {string.Join(", ", _missing)} could not be asked");
        if (_stoppedBy is null) return;
        terminal.Say($"partial: stopped by the '{_stoppedBy}' budget");
        if (_cursor is not null) terminal.Say($"  goes on with \"cursor\": \"{_cursor}\"");
    }
}
