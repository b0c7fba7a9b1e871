using IngoDB.Engine.Entries;

namespace IngoDB.Engine.Advising;

/// <summary>What the advisor wants done about the indexes of a collection, and why.</summary>
/// <param name="Path">The indexed path, with <c>[]</c> where arrays fan out.</param>
/// <param name="Cause">The evidence, for people: it is kept with the index.</param>
public abstract record IndexAdvice(CollectionId Collection, string Path, string Cause)
{
    public sealed record Build(CollectionId Collection, string Path, string Cause) : IndexAdvice(Collection, Path, Cause);

    public sealed record Drop(CollectionId Collection, string Path, string Cause) : IndexAdvice(Collection, Path, Cause);
}
