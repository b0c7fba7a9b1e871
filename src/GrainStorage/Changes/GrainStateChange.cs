using IngoDB.Model;
using Orleans.Runtime;

namespace IngoDB.GrainStorage;

/// <summary>What became of a grain's state.</summary>
/// <param name="Version">Of its newest write; as text the grain's ETag.</param>
/// <param name="State">What it is now; default when <paramref name="IsGone"/>.</param>
/// <param name="IsGone">Cleared, or no match for the feed's condition.</param>
public sealed record GrainStateChange<TState>(GrainId GrainId, DocumentVersion Version, TState? State, bool IsGone);

/// <summary>Changes in their order.</summary>
/// <param name="Changes">By ascending version; a grain stands in it once.</param>
/// <param name="Until">Everything up to here has been told: what to remember, and to go on after.</param>
public sealed record GrainStateChanges<TState>(IReadOnlyList<GrainStateChange<TState>> Changes, DocumentVersion Until);
