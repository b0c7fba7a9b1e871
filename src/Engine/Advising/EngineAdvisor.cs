using IngoDB.Engine.Entries;
using IngoDB.Engine.Manifests;
using IngoDB.Engine.Querying;
using IngoDB.Model;

namespace IngoDB.Engine.Advising;

/// <summary>What the advisor wants done about the indexes of a collection.</summary>
internal abstract record IndexAdvice(CollectionId Collection, FieldPath Path, string Cause)
{
    public sealed record Build(CollectionId Collection, FieldPath Path, string Cause) : IndexAdvice(Collection, Path, Cause);

    public sealed record Drop(CollectionId Collection, FieldPath Path, string Cause) : IndexAdvice(Collection, Path, Cause);
}

/// <summary>Asks the advisor on behalf of one engine: gathers statistics and sizes, decides nothing itself.</summary>
internal static class EngineAdvisor
{
    public static IReadOnlyList<IndexAdvice> Advise(EngineState state, QueryEngine queries) => throw new NotImplementedException();
}
