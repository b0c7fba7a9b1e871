using System.Collections.Immutable;
using IngoDB.Engine.Entries;

namespace IngoDB.Engine.Statistics;

/// <summary>What one execution did, physically.</summary>
internal readonly record struct QueryMeasurement(long Examined, long Returned, long BlocksDecoded, long BytesRead, TimeSpan Time, string AccessPath);

/// <summary>A shape's text and the indexes that could serve it; made once, when the shape is first seen.</summary>
/// <param name="Text">E.g. <c>scan where eq(category) sort price asc</c>.</param>
/// <param name="Candidates">Path and use (<c>filter</c>, <c>sort</c>, <c>join</c>), in a fixed order.</param>
internal sealed record ShapeDescription(CollectionId Collection, string Text, ImmutableArray<(string Path, string Use)> Candidates);
