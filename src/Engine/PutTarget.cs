// Puts come in runs: one collection, one shape. What was found out for the one before (the collection is there, the names are
// allowed, which object the registry holds for the shape) is kept in one immutable value, and the next put only has to see that
// it still fits.

using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using IngoDB.Engine.Entries;
using IngoDB.Engine.Manifests;
using IngoDB.Model;

namespace IngoDB.Engine;

/// <param name="Collections">Those of the manifest that it was looked up in.</param>
/// <param name="Stored">The registry's object for the shape; null when the registry is full, and rows must carry their names, or when the collection has options to follow.</param>
/// <param name="MayExpire">The shape has <c>_expires</c>.</param>
/// <param name="Writes">Counts documents written to the collection.</param>
internal sealed record PutTarget(
    ImmutableDictionary<CollectionId, CollectionDefinition> Collections, CollectionId Collection, Shape Given, Shape? Stored, bool MayExpire, StrongBox<long> Writes)
{
    public bool Fits(ManifestState manifest, CollectionId collection, Shape shape)
        => ReferenceEquals(shape, Given) && collection == Collection && ReferenceEquals(manifest.Collections, Collections);
}
