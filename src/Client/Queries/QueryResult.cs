// A list of documents that admits when it is not all there is. What ended a query early, a budget, a missing
// partition, must be as easy to see as the documents, or it will be overlooked.

using System.Collections;
using IngoDB.Abstractions;
using IngoDB.Client.Calls;
using IngoDB.Model;

namespace IngoDB.Client.Queries;

/// <summary>What a query gave, and whether that is all of it.</summary>
public sealed class QueryResult<T> : IReadOnlyList<T>
{
    internal QueryResult(IReadOnlyList<T> items) => Items = items;

    public IReadOnlyList<T> Items { get; }

    /// <summary>The answer when it is a number or a plan instead of documents.</summary>
    public Document? Value { get; internal init; }

    /// <summary>The budget that ended the query early; null when none did.</summary>
    public string? StoppedBy { get; internal init; }

    /// <summary>Goes on from here (put it into the query's <c>cursor</c>); null at the end.</summary>
    public string? Cursor { get; internal init; }

    /// <summary>E.g. a field that no document has.</summary>
    public IReadOnlyList<string> Warnings { get; internal init; } = [];

    /// <summary>Partitions that could not be asked. Only with <c>AllowPartial</c>; otherwise they are an exception.</summary>
    public IReadOnlyList<int> MissingPartitions { get; internal init; } = [];

    /// <summary>How many documents the database looked at.</summary>
    public long DocumentsExamined { get; internal init; }

    /// <summary>The point in time that was read.</summary>
    public DocumentVersion Snapshot { get; internal init; }

    /// <summary>There may be more: a budget or missing partitions ended it early.</summary>
    public bool IsPartial => StoppedBy is not null || MissingPartitions.Count > 0;

    public int Count => Items.Count;

    public T this[int index] => Items[index];

    public IEnumerator<T> GetEnumerator() => Items.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    internal static QueryResult<T> Of(PageReply reply, IReadOnlyList<T> items) => new(items)
    {
        Value = SingleDocument.Read(reply.Value),
        StoppedBy = reply.StoppedBy,
        Cursor = reply.Cursor,
        Warnings = reply.Warnings,
        MissingPartitions = reply.MissingPartitions,
        DocumentsExamined = reply.DocumentsExamined,
        Snapshot = new(reply.Snapshot),
    };

    /// <summary>The same page with other items.</summary>
    internal QueryResult<T> With(IReadOnlyList<T> items) => new(items)
    {
        Value = Value, StoppedBy = StoppedBy, Cursor = Cursor, Warnings = Warnings, MissingPartitions = MissingPartitions, DocumentsExamined = DocumentsExamined, Snapshot = Snapshot,
    };

    /// <summary>Pages of one query as one result.</summary>
    internal static QueryResult<T> Join(IReadOnlyList<QueryResult<T>> pages)
    {
        if (pages is [var only]) return only;
        var last = pages[^1];
        return new QueryResult<T>([.. pages.SelectMany(page => page.Items)])
        {
            Value = last.Value,
            StoppedBy = last.StoppedBy,
            Cursor = last.Cursor,
            Warnings = [.. pages.SelectMany(page => page.Warnings).Distinct()],
            MissingPartitions = [.. pages.SelectMany(page => page.MissingPartitions).Distinct().Order()],
            DocumentsExamined = pages.Sum(page => page.DocumentsExamined),
            Snapshot = last.Snapshot,
        };
    }
}
