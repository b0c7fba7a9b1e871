using IngoDB.Engine.Entries;

namespace IngoDB.Engine.Statistics;

/// <summary>What one shape of query (operators and fields, no constants) has cost so far.</summary>
/// <param name="Shape">Readable and stable, e.g. <c>scan where eq(category) sort price asc</c>.</param>
public sealed record QueryShapeStatistics(CollectionId Collection, string Shape, long Executions, long DocumentsExamined, long DocumentsReturned, long BlocksDecoded, long BytesRead, TimeSpan Time, string LastAccessPath);

/// <summary>An index, and how far it is.</summary>
/// <param name="Name">Readable and stable: <c>movies/year</c>, <c>movies/cast[]</c>.</param>
public sealed record IndexStatus(string Name, CollectionId Collection, string Path, string Cause, int TablesReady, int Tables, long Entries, long Bytes, long Uses)
{
    public bool IsReady => TablesReady == Tables;
}
