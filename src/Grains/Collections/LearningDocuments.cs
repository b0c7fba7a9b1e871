using IngoDB.Engine.Advising;
using IngoDB.Engine.Statistics;
using IngoDB.Model;

namespace IngoDB.Grains.Collections;

/// <summary>What was learned, as documents for people and agents.</summary>
internal static class LearningDocuments
{
    public static Document Of(string collection, LearningReport report) => Document.Of(
        ("indexes", Value.From([.. report.Indexes.Select(i => Value.From(OfIndex(collection, i)))])),
        ("patterns", Value.From([.. report.Shapes.OrderByDescending(s => s.DocumentsExamined).Select(s => Value.From(OfShape(collection, s)))])));

    private static Document OfIndex(string collection, IndexStatus index) => Document.Of(
        ("collection", collection),
        ("path", index.Path),
        ("state", index.IsReady ? "ready" : "building"),
        ("tablesReady", (long)index.TablesReady),
        ("tables", (long)index.Tables),
        ("entries", index.Entries),
        ("bytes", index.Bytes),
        ("uses", index.Uses),
        ("cause", index.Cause));

    private static Document OfShape(string collection, QueryShapeStatistics shape) => Document.Of(
        ("collection", collection),
        ("shape", shape.Shape),
        ("executions", shape.Executions),
        ("examined", shape.DocumentsExamined),
        ("returned", shape.DocumentsReturned),
        ("milliseconds", shape.Time.TotalMilliseconds),
        ("access", shape.LastAccessPath));
}
