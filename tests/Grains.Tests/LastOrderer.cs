// Silos that are refused at their start leave work behind in this process: Orleans' directory reads membership updates without end when the
// silo fails between two stages, a core for each until the process ends, and a silo in that state cannot be stopped. In production the
// process ends. Here such tests come last: beside them calls of other tests met their deadlines.

using Xunit.Sdk;
using Xunit.v3;

[assembly: TestCollectionOrderer(typeof(Grains.Tests.LastOrderer))]

namespace Grains.Tests;

/// <summary>Tests that start silos that must not start are run after all others.</summary>
public sealed class LastOrderer : ITestCollectionOrderer
{
    private static readonly string[] s_last = [nameof(Nodes.NodeAndCatalogTests), nameof(Catalog.PostgresCatalogTests)];

    public IReadOnlyCollection<TTestCollection> OrderTestCollections<TTestCollection>(IReadOnlyCollection<TTestCollection> testCollections)
        where TTestCollection : ITestCollection
        => [.. testCollections.OrderBy(collection => Array.Exists(s_last, name => collection.TestCollectionDisplayName.Contains(name, StringComparison.Ordinal)))];
}
